/* ---
what = "How contribution profit spreads over orders, customers and SKUs."
--- */
WITH amounts AS (
  SELECT 'order' AS kind, cm3 FROM order_profit WHERE cm3 IS NOT NULL
  UNION ALL
  SELECT 'customer', cm3 FROM customer_profit WHERE cm3 IS NOT NULL
  UNION ALL
  SELECT 'sku', cm3 FROM sku_profit WHERE cm3 IS NOT NULL
)
SELECT kind,
       COUNT(*) AS n,
       X_DIV(SUM(cm3), COUNT(*)) AS mean,
       X_PERCENTILE(cm3, 0.1) AS p10,
       X_PERCENTILE(cm3, 0.5) AS p50,
       X_PERCENTILE(cm3, 0.9) AS p90,
       X_DIV(COUNT(CASE WHEN cm3 < 0 THEN 1 END), COUNT(*)) AS losing_share
FROM amounts
GROUP BY kind
ORDER BY kind
