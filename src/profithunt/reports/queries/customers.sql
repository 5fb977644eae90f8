/* ---
what = "Customers at both ends of the ranking by contribution profit, best first."
--- */
WITH ranked AS (
  SELECT customer_id, n_orders, net_sales, cm3,
         ROW_NUMBER() OVER (ORDER BY cm3 DESC, customer_id ASC) AS from_best,
         COUNT(*) OVER (PARTITION BY 1) AS n,
         COUNT(CASE WHEN cm3 < 0 THEN 1 END) OVER (PARTITION BY 1) AS n_losing,
         SUM(CASE WHEN cm3 < 0 THEN cm3 ELSE 0 END) OVER (PARTITION BY 1) AS lost
  FROM customer_profit
  WHERE cm3 IS NOT NULL
)
SELECT customer_id AS id, '' AS name, '' AS category, n_orders AS n_things, net_sales, cm3, from_best, n, n_losing, lost
FROM ranked
WHERE from_best <= $n_shown OR from_best > n - $n_shown
ORDER BY from_best
