/* ---
what = "40 % to the first touch, 40 % to the last, 20 % to those between; halves where there are two."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
SELECT order_id, touch_id,
       CASE
         WHEN n_touches <= 2 THEN 1
         WHEN place = 1 OR place = n_touches THEN 2 * (n_touches - 2)
         ELSE 1
       END AS weight
FROM order_paths
