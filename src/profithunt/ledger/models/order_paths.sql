/* ---
what = "The path of touches to each order, in time, with the channel of each."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
days_before = "rate | days from the touch to the order"
marketing_channel = "text | marketing channel"
is_direct = "bool | came by no marketing"
place = "int | place in the path, 1 = first"
n_touches = "int | touches of the path"
--- */
SELECT order_touches.order_id AS order_id,
       order_touches.touch_id AS touch_id,
       X_DAYS_BETWEEN(CAST(order_touches.touched_at AS DATE), CAST(order_touches.ordered_at AS DATE)) AS days_before,
       touch_points.marketing_channel AS marketing_channel,
       X_PART(is_direct) AS is_direct,
       ROW_NUMBER() OVER (
         PARTITION BY order_touches.order_id ORDER BY order_touches.touched_at, order_touches.touch_id
       ) AS place,
       COUNT(*) OVER (PARTITION BY order_touches.order_id) AS n_touches
FROM order_touches
JOIN touch_points ON touch_points.touch_id = order_touches.touch_id
