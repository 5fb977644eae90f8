/* ---
what = "All credit to the last touch by a marketing channel; to the last touch where none was."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
WITH last_paid AS (
  SELECT order_id, MAX(CASE WHEN is_direct THEN 0 ELSE place END) AS place FROM order_paths GROUP BY order_id
)
SELECT order_paths.order_id AS order_id,
       order_paths.touch_id AS touch_id,
       CASE
         WHEN last_paid.place = order_paths.place THEN 1
         WHEN last_paid.place = 0 AND order_paths.place = order_paths.n_touches THEN 1
         ELSE 0
       END AS weight
FROM order_paths
JOIN last_paid ON last_paid.order_id = order_paths.order_id
