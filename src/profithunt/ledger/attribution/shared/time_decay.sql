/* ---
what = "Credit halves with each half-life between the touch and the order."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
weight = "int | weight of the touch among those of its order"
--- */
SELECT order_id, touch_id,
       CAST(ROUND(1000000 * POWER(0.5, days_before / $half_life_days)) AS BIGINT) + 1 AS weight
FROM order_paths
