/* ---
what = "SKUs at both ends of the ranking by contribution profit, best first."
--- */
WITH ranked AS (
  SELECT sku, name, category, units, net_sales, cm3,
         ROW_NUMBER() OVER (ORDER BY cm3 DESC, sku ASC) AS from_best,
         COUNT(*) OVER (PARTITION BY 1) AS n,
         COUNT(CASE WHEN cm3 < 0 THEN 1 END) OVER (PARTITION BY 1) AS n_losing,
         SUM(CASE WHEN cm3 < 0 THEN cm3 ELSE 0 END) OVER (PARTITION BY 1) AS lost
  FROM sku_profit
  WHERE cm3 IS NOT NULL
)
SELECT sku AS id, COALESCE(name, '') AS name, COALESCE(category, '') AS category, units AS n_things, net_sales, cm3,
       from_best, n, n_losing, lost
FROM ranked
WHERE from_best <= $n_shown OR from_best > n - $n_shown
ORDER BY from_best
