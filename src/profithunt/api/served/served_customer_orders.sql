/* ---
what = "Orders with a customer, one row each, as a customer's page tells of them."
--- */
SELECT customer_id, order_id, ordered_at, ordered_on, n_lines, net_sales, cm3
FROM order_profit
WHERE customer_id IS NOT NULL
