/* ---
what = "Who was reached by each touch that can win an order, as far as the visitor is known; visits stand in where no touch was recorded."
grain = ["touch_id"]
empty_with = ["touches", "sessions"]
working = true
[columns]
touch_id = "text | touch or visit"
touched_at = "timestamp | when"
customer_id = "text | customer, also known through other visits of the visitor"
session_id = "text | visit"
--- */
WITH nameless AS (
  SELECT visitor_id FROM touches WHERE visitor_id IS NOT NULL AND customer_id IS NULL GROUP BY visitor_id
  UNION
  SELECT visitor_id FROM sessions WHERE visitor_id IS NOT NULL AND customer_id IS NULL GROUP BY visitor_id
),
seen AS (
  SELECT visitor_id, customer_id FROM sessions WHERE customer_id IS NOT NULL
  UNION ALL
  SELECT visitor_id, customer_id FROM touches WHERE customer_id IS NOT NULL
),
known AS (
  SELECT nameless.visitor_id AS visitor_id, MIN(seen.customer_id) AS customer_id
  FROM nameless
  JOIN seen ON seen.visitor_id = nameless.visitor_id
  GROUP BY nameless.visitor_id
  HAVING MIN(seen.customer_id) = MAX(seen.customer_id)
),
touched AS (
  SELECT session_id FROM touches WHERE session_id IS NOT NULL GROUP BY session_id
)
SELECT touches.touch_id AS touch_id, touches.touched_at AS touched_at,
       COALESCE(touches.customer_id, known.customer_id) AS customer_id,
       touches.session_id AS session_id
FROM touches
LEFT JOIN known ON known.visitor_id = touches.visitor_id
WHERE touches.kind IS NULL OR touches.kind NOT IN ('impression', 'send')
UNION ALL
SELECT sessions.session_id, sessions.started_at, COALESCE(sessions.customer_id, known.customer_id), sessions.session_id
FROM sessions
LEFT JOIN known ON known.visitor_id = sessions.visitor_id
LEFT JOIN touched ON touched.session_id = sessions.session_id
WHERE touched.session_id IS NULL AND sessions.channel IS NOT NULL
