/* ---
what = "Orders by month, with the first and the last day of them."
--- */
SELECT SUBSTRING(CAST(ordered_month AS TEXT), 1, 7) AS month, COUNT(*) AS n_orders,
       MIN(ordered_on) AS first_on, MAX(ordered_on) AS last_on
FROM order_profit
GROUP BY SUBSTRING(CAST(ordered_month AS TEXT), 1, 7)
ORDER BY month
