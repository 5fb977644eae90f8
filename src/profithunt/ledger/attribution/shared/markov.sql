/* ---
what = "Credit by the removal effect of each channel in a first-order Markov chain over all paths."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
SELECT order_paths.order_id AS order_id, order_paths.touch_id AS touch_id,
       CAST(ROUND(1000000 * COALESCE(removal_effects.effect, 0)) AS BIGINT) + 1 AS weight
FROM order_paths
LEFT JOIN removal_effects ON removal_effects.channel = COALESCE(order_paths.marketing_channel, '')
