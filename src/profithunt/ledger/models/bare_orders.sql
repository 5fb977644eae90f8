/* ---
what = "Orders without a line."
grain = ["order_id"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
--- */
SELECT orders.order_id AS order_id
FROM orders
LEFT JOIN order_lines ON order_lines.order_id = orders.order_id
WHERE order_lines.order_id IS NULL
