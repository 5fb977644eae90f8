/* ---
what = "Credit in equal parts to the distinct channels of the path (the Shapley value of the sum game), within a channel to its touches."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
WITH channels AS (
  SELECT order_id, COALESCE(marketing_channel, '') AS channel, COUNT(*) AS n FROM order_paths
  GROUP BY order_id, COALESCE(marketing_channel, '')
)
SELECT order_paths.order_id AS order_id, order_paths.touch_id AS touch_id,
       CAST(ROUND(1000000000000 / CAST(channels.n AS DOUBLE)) AS BIGINT) AS weight
FROM order_paths
JOIN channels
  ON channels.order_id = order_paths.order_id AND channels.channel = COALESCE(order_paths.marketing_channel, '')
