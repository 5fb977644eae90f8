/* ---
what = "One row per order line as ordered, by the day of the order: what was cancelled, and why."
grain = "order line"
needs = ["order_lines", "orders"]
dimensions = ["channel", "cancel_reason"]
live = ["category", "brand", "store", "sku"]
[columns]
order_id = "order, as an example to look at"
quantity = "units ordered"
cancelled_quantity = "units cancelled before dispatch | order_lines.cancelled_quantity | orders.cancelled_at"
out_of_stock = "cancelled for want of stock | order_lines.cancel_reason"
by_retailer = "cancelled for a reason other than the customer's wish | order_lines.cancel_reason"
--- */
SELECT X_DAY(orders.ordered_at) AS day,
       order_lines.order_id AS order_id,
       orders.channel AS channel,
       order_lines.cancel_reason AS cancel_reason,
       products.category AS category,
       products.brand AS brand,
       orders.store_id AS store,
       order_lines.sku AS sku,
       order_lines.quantity AS quantity,
       CASE WHEN orders.cancelled_at IS NOT NULL THEN order_lines.quantity
            ELSE LEAST(COALESCE(order_lines.cancelled_quantity, 0), order_lines.quantity) END AS cancelled_quantity,
       COALESCE(LOWER(order_lines.cancel_reason) LIKE '%stock%', FALSE) AS out_of_stock,
       COALESCE(order_lines.cancel_reason IS NOT NULL AND LOWER(order_lines.cancel_reason) NOT LIKE '%customer%', FALSE) AS by_retailer
FROM order_lines
JOIN orders ON orders.order_id = order_lines.order_id
LEFT JOIN products ON products.sku = order_lines.sku
