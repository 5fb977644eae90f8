/* ---
what = "Sums of customers' profit per purchase, by number of purchases of known profit."
--- */
SELECT segment,
       CAST(X_PART(valued) AS DOUBLE) AS orders,
       CAST(COUNT(*) AS DOUBLE) AS customers,
       SUM(CAST(X_PART(profit) AS DOUBLE) / X_PART(valued)) AS mean,
       SUM(POWER(CAST(X_PART(profit) AS DOUBLE) / X_PART(valued), 2)) AS mean_sq,
       SUM(GREATEST(X_PART(profit_sq) - POWER(CAST(X_PART(profit) AS DOUBLE), 2) / X_PART(valued), 0)) AS within_sq,
       CAST(MIN(X_PART(least)) AS DOUBLE) AS least
FROM clv_histories
WHERE X_PART(valued) > 0
GROUP BY segment, X_PART(valued)
ORDER BY segment, orders
