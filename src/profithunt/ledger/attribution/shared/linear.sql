/* ---
what = "Credit in equal parts to every touch of the path."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
SELECT order_id, touch_id, 1 AS weight FROM order_paths
