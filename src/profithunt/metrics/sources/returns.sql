/* ---
what = "One row per returned line, by the day it was booked back."
grain = "returned line"
needs = ["returns"]
dimensions = ["reason", "channel"]
live = ["category", "brand", "sku", "store"]
[columns]
order_id = "order, as an example to look at"
units = "units returned"
units_resaleable = "units that went back to stock at full value"
refund = "paid back | returns.refund"
costs = "carriage and handling of the return"
days_out = "days from order to return"
--- */
SELECT return_lines.returned_on AS day,
       return_lines.order_id AS order_id,
       returns.reason AS reason,
       orders.channel AS channel,
       products.category AS category,
       products.brand AS brand,
       return_lines.sku AS sku,
       orders.store_id AS store,
       return_lines.units AS units,
       return_lines.units_resaleable AS units_resaleable,
       return_lines.refund AS refund,
       return_lines.costs AS costs,
       X_DAYS_BETWEEN(X_DAY(orders.ordered_at), return_lines.returned_on) AS days_out
FROM return_lines
JOIN returns ON returns.return_id = return_lines.return_id
LEFT JOIN orders ON orders.order_id = return_lines.order_id
LEFT JOIN products ON products.sku = return_lines.sku
