/* ---
what = "All credit to the first touch of the path."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
SELECT order_id, touch_id, CASE WHEN place = 1 THEN 1 ELSE 0 END AS weight FROM order_paths
