/* ---
what = "Each member of a dimension with the spread of its orders' profit: mean, p10, p50, p90, share of orders that lose money."
--- */
WITH by_order AS (
  SELECT X_PART(member) AS member, order_id, SUM(cm3) AS cm3
  FROM dated_ledger
  WHERE order_id IS NOT NULL AND X_PART(period)
  GROUP BY X_PART(member), order_id
)
SELECT COALESCE(member, 'unallocated') AS member,
       COUNT(*) AS n_orders,
       SUM(cm3) AS cm3,
       X_DIV(SUM(cm3), COUNT(*)) AS mean,
       X_PERCENTILE(cm3, 0.1) AS p10,
       X_PERCENTILE(cm3, 0.5) AS p50,
       X_PERCENTILE(cm3, 0.9) AS p90,
       X_DIV(COUNT(CASE WHEN cm3 < 0 THEN 1 END), COUNT(*)) AS losing_share
FROM by_order
GROUP BY COALESCE(member, 'unallocated')
ORDER BY cm3 ASC, member ASC
