/* ---
what = "What a line of a month lands on: slots of equal chance, in order of taste. A hash of the line picks the slot."
grain = ["month_no", "slot"]
[columns]
month_no = "int | month"
slot = "int | slot"
sku_no = "int | SKU"
--- */
WITH months AS (
  SELECT month_no, MIN(MONTH(day)) AS month_of_year, MIN(day_no) AS first_no, MAX(day_no) AS last_no FROM days GROUP BY month_no
),
weighted AS (
  SELECT m.month_no, k.sku_no, k.taste,
         k.popularity * s.factor
           * CASE WHEN k.marked_no <= m.last_no AND k.marked_upto >= m.first_no THEN 1 + 1.2 * k.marked_by ELSE 1 END AS weight
  FROM skus AS k
  CROSS JOIN months AS m
  INNER JOIN season_months AS s ON s.category_no = k.category_no AND s.month_of_year = m.month_of_year
  WHERE k.launched_no <= m.first_no AND COALESCE(k.ends_no, m.last_no) >= m.last_no
),
spans AS (
  SELECT month_no, sku_no,
         X_DIV(SUM(weight) OVER (PARTITION BY month_no ORDER BY taste, sku_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - weight,
               SUM(weight) OVER (PARTITION BY month_no)) * $n_slots AS before,
         X_DIV(SUM(weight) OVER (PARTITION BY month_no ORDER BY taste, sku_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
               SUM(weight) OVER (PARTITION BY month_no)) * $n_slots AS upto
  FROM weighted
)
SELECT s.month_no, n.n AS slot, s.sku_no
FROM spans AS s
INNER JOIN numbers AS n ON n.n + 0.5 >= s.before AND n.n + 0.5 < s.upto
WHERE n.n < $n_slots
