/* ---
what = "Points put into cells of a grid that is even on a logarithmic scale with zero in it; the ends keep their names."
--- */
WITH points AS (
  SELECT name, x, y, SIGN(x) * LN(1.0 + ABS(x)) AS u, SIGN(y) * LN(1.0 + ABS(y) / 10.0) AS v FROM product_points
),
placed AS (
  SELECT name, x, y, FLOOR(u * 5.0) AS a, FLOOR(v * 6.0) AS b,
         ROW_NUMBER() OVER (ORDER BY y ASC, name ASC) AS from_worst,
         ROW_NUMBER() OVER (ORDER BY y DESC, name ASC) AS from_best
  FROM points
)
SELECT CASE WHEN from_worst <= 12 THEN name WHEN from_best <= 12 THEN name END AS name,
       AVG(x) AS x, AVG(y) AS y, COUNT(*) AS n
FROM placed
GROUP BY a, b, CASE WHEN from_worst <= 12 THEN name WHEN from_best <= 12 THEN name END
ORDER BY n DESC
