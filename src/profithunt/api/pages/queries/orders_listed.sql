/* ---
what = "Orders with their profit, of the shop or of a slice that every order has one of."
--- */
SELECT order_id, ordered_on, customer_id, n_lines, net_sales, cm2, cm3
FROM order_profit
WHERE X_PART(chosen) AND X_PART(period)
