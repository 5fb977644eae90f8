/* ---
what = "plan"
grain = ["month", "metric", "dimension", "member"]
[columns]
month = "date | month"
metric = "text | metric"
dimension = "text | dimension"
member = "text | member"
value = "rate | planned"
--- */
WITH months AS (
  SELECT month, month_no, SUM(weight) AS weight, COUNT(*) AS n_days FROM days GROUP BY month, month_no
),
whole AS (
  SELECT AVG(weight) AS weight FROM days
)
SELECT m.month, CASE n.n WHEN 0 THEN 'net_sales' WHEN 1 THEN 'orders' ELSE 'new_customers' END AS metric,
       CAST(NULL AS TEXT) AS dimension, CAST(NULL AS TEXT) AS member,
       ROUND($customers * CASE n.n WHEN 0 THEN 0.255 WHEN 1 THEN 0.0048 ELSE 0.0009 END * X_DIV(m.weight, w.weight)
             * (0.95 + 0.1 * X_UNIFORM('plan', m.month_no, n.n)), 0) AS value
FROM months AS m
CROSS JOIN whole AS w
INNER JOIN numbers AS n ON n.n < 3
WHERE n.n < 3
