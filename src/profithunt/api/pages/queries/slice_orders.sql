/* ---
what = "Orders with lines in one slice: what these lines earned, the worst and the best."
--- */
SELECT order_id, MIN(ordered_on) AS ordered_on, MIN(customer_id) AS customer_id, COUNT(*) AS n_lines,
       SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3
FROM ledger
WHERE order_id IS NOT NULL AND X_PART(chosen) AND X_PART(period)
GROUP BY order_id
