/* ---
what = "All credit to the last touch by a marketing channel; to the last touch where none was."
grain = ["order_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | the touch that has all the credit"
--- */
WITH last_place AS (
  SELECT order_id,
         COALESCE(MAX(CASE WHEN NOT is_direct THEN place END), MAX(place)) AS place
  FROM order_paths
  GROUP BY order_id
)
SELECT order_paths.order_id AS order_id, order_paths.touch_id AS touch_id
FROM order_paths
JOIN last_place ON last_place.order_id = order_paths.order_id AND last_place.place = order_paths.place
