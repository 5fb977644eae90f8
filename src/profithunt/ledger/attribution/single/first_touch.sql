/* ---
what = "All credit to the first touch of the path."
grain = ["order_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | the touch that has all the credit"
--- */
WITH edge AS (
  SELECT order_id, MIN(touched_at) AS touched_at FROM order_touches GROUP BY order_id
)
SELECT edge.order_id AS order_id, MIN(order_touches.touch_id) AS touch_id
FROM edge
JOIN order_touches ON order_touches.order_id = edge.order_id AND order_touches.touched_at = edge.touched_at
GROUP BY edge.order_id
