/* ---
what = "The rows of each member added up, with the spread of their values."
--- */
SELECT member, COUNT(*) AS n_rows, SUM(y) AS y, SUM(x) AS x, SUM(y * y) AS yy, SUM(x * y) AS xy, SUM(x * x) AS xx,
       X_PERCENTILE(value, 0.1) AS p10, X_PERCENTILE(value, 0.5) AS p50, X_PERCENTILE(value, 0.9) AS p90
FROM spread_rows
GROUP BY member
