/* ---
what = "Steps between channels over all paths: start and end of a path are null, an order is its own end."
--- */
WITH won AS (
  SELECT order_id, place, COALESCE(marketing_channel, '') AS channel,
         LAG(COALESCE(marketing_channel, '')) OVER (PARTITION BY order_id ORDER BY place) AS previous,
         place = n_touches AS is_last
  FROM order_paths
),
lost AS (
  SELECT COALESCE(touch_people.customer_id, touch_people.session_id, touch_people.touch_id) AS visitor,
         COALESCE(touch_points.marketing_channel, '') AS channel,
         LAG(COALESCE(touch_points.marketing_channel, '')) OVER (
           PARTITION BY COALESCE(touch_people.customer_id, touch_people.session_id, touch_people.touch_id)
           ORDER BY touch_points.touched_at, touch_points.touch_id
         ) AS previous,
         LEAD(touch_points.touch_id) OVER (
           PARTITION BY COALESCE(touch_people.customer_id, touch_people.session_id, touch_people.touch_id)
           ORDER BY touch_points.touched_at, touch_points.touch_id
         ) IS NULL AS is_last
  FROM touch_points
  JOIN touch_people ON touch_people.touch_id = touch_points.touch_id
  LEFT JOIN (SELECT touch_id FROM order_paths GROUP BY touch_id) AS used ON used.touch_id = touch_points.touch_id
  WHERE used.touch_id IS NULL
),
steps AS (
  SELECT previous AS start_channel, channel AS end_channel FROM won
  UNION ALL
  SELECT channel, $order_state FROM won WHERE is_last
  UNION ALL
  SELECT previous, channel FROM lost
  UNION ALL
  SELECT channel, CAST(NULL AS TEXT) FROM lost WHERE is_last
)
SELECT start_channel, end_channel, COUNT(*) AS n FROM steps GROUP BY start_channel, end_channel
