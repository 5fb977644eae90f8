/* ---
what = "Credit of each touch for its order under the chosen attribution model; the credits of an order add up to a million."
grain = ["order_id", "touch_id"]
empty_with = ["order_touches"]
dirty_key = "order_id"
[columns]
order_id = "text | order"
touch_id = "text | touch"
touched_on = "date | day of the touch"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
landing_page = "text | landing page"
credit = "int | millionths of the order"
upto = "int | credit of this and the order's earlier touches"
[dirty]
touches = """
WITH visitors AS (
  SELECT visitor_id FROM changed WHERE customer_id IS NULL AND visitor_id IS NOT NULL
  UNION
  SELECT touches.visitor_id FROM touches JOIN changed ON changed.visitor_id = touches.visitor_id WHERE touches.customer_id IS NULL
  UNION
  SELECT sessions.visitor_id FROM sessions JOIN changed ON changed.visitor_id = sessions.visitor_id WHERE sessions.customer_id IS NULL
  UNION
  SELECT sessions.visitor_id FROM sessions JOIN changed ON changed.session_id = sessions.session_id
),
people AS (
  SELECT changed.customer_id AS customer_id FROM changed JOIN visitors ON visitors.visitor_id = changed.visitor_id
  UNION
  SELECT sessions.customer_id FROM sessions JOIN changed ON changed.session_id = sessions.session_id
  UNION
  SELECT touches.customer_id FROM touches JOIN visitors ON visitors.visitor_id = touches.visitor_id
  UNION
  SELECT sessions.customer_id FROM sessions JOIN visitors ON visitors.visitor_id = sessions.visitor_id
),
visits AS (
  SELECT session_id FROM changed WHERE session_id IS NOT NULL
  UNION
  SELECT touches.session_id FROM touches JOIN visitors ON visitors.visitor_id = touches.visitor_id
  UNION
  SELECT sessions.session_id FROM sessions JOIN visitors ON visitors.visitor_id = sessions.visitor_id
)
SELECT orders.order_id
FROM orders
JOIN changed ON changed.customer_id = orders.customer_id
WHERE changed.touched_at <= orders.ordered_at
  AND changed.touched_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
UNION ALL
SELECT orders.order_id FROM orders JOIN people ON people.customer_id = orders.customer_id
UNION ALL
SELECT orders.order_id FROM orders JOIN visits ON visits.session_id = orders.session_id
"""
sessions = """
WITH visitors AS (
  SELECT visitor_id FROM changed WHERE customer_id IS NULL AND visitor_id IS NOT NULL
  UNION
  SELECT touches.visitor_id FROM touches JOIN changed ON changed.visitor_id = touches.visitor_id WHERE touches.customer_id IS NULL
  UNION
  SELECT sessions.visitor_id FROM sessions JOIN changed ON changed.visitor_id = sessions.visitor_id WHERE sessions.customer_id IS NULL
  UNION
  SELECT sessions.visitor_id FROM sessions JOIN changed ON changed.session_id = sessions.session_id
),
people AS (
  SELECT changed.customer_id AS customer_id FROM changed JOIN visitors ON visitors.visitor_id = changed.visitor_id
  UNION
  SELECT sessions.customer_id FROM sessions JOIN changed ON changed.session_id = sessions.session_id
  UNION
  SELECT touches.customer_id FROM touches JOIN visitors ON visitors.visitor_id = touches.visitor_id
  UNION
  SELECT sessions.customer_id FROM sessions JOIN visitors ON visitors.visitor_id = sessions.visitor_id
),
visits AS (
  SELECT session_id FROM changed WHERE session_id IS NOT NULL
  UNION
  SELECT touches.session_id FROM touches JOIN visitors ON visitors.visitor_id = touches.visitor_id
  UNION
  SELECT sessions.session_id FROM sessions JOIN visitors ON visitors.visitor_id = sessions.visitor_id
)
SELECT orders.order_id
FROM orders
JOIN changed ON changed.customer_id = orders.customer_id
WHERE changed.started_at <= orders.ordered_at
  AND changed.started_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
UNION ALL
SELECT orders.order_id FROM orders JOIN people ON people.customer_id = orders.customer_id
UNION ALL
SELECT orders.order_id FROM orders JOIN visits ON visits.session_id = orders.session_id
"""
[reads]
touches = { touch_id = """
WITH mine AS (
  SELECT orders.customer_id AS customer_id, orders.session_id AS session_id
  FROM orders JOIN dirty ON dirty.order_id = orders.order_id
),
people AS (
  SELECT customer_id FROM mine WHERE customer_id IS NOT NULL GROUP BY customer_id
),
visits AS (
  SELECT session_id FROM mine WHERE session_id IS NOT NULL GROUP BY session_id
),
visitors AS (
  SELECT touches.visitor_id AS visitor_id
  FROM touches
  LEFT JOIN people ON people.customer_id = touches.customer_id
  LEFT JOIN visits ON visits.session_id = touches.session_id
  WHERE touches.visitor_id IS NOT NULL AND (people.customer_id IS NOT NULL OR visits.session_id IS NOT NULL)
  UNION
  SELECT sessions.visitor_id
  FROM sessions
  LEFT JOIN people ON people.customer_id = sessions.customer_id
  LEFT JOIN visits ON visits.session_id = sessions.session_id
  WHERE sessions.visitor_id IS NOT NULL AND (people.customer_id IS NOT NULL OR visits.session_id IS NOT NULL)
),
all_visits AS (
  SELECT session_id FROM visits
  UNION
  SELECT sessions.session_id
  FROM sessions
  LEFT JOIN people ON people.customer_id = sessions.customer_id
  LEFT JOIN visitors ON visitors.visitor_id = sessions.visitor_id
  WHERE people.customer_id IS NOT NULL OR visitors.visitor_id IS NOT NULL
)
SELECT touches.touch_id AS touch_id
FROM touches
LEFT JOIN people ON people.customer_id = touches.customer_id
LEFT JOIN visitors ON visitors.visitor_id = touches.visitor_id
LEFT JOIN all_visits ON all_visits.session_id = touches.session_id
WHERE people.customer_id IS NOT NULL OR visitors.visitor_id IS NOT NULL OR all_visits.session_id IS NOT NULL
""" }
sessions = { session_id = """
WITH mine AS (
  SELECT orders.customer_id AS customer_id, orders.session_id AS session_id
  FROM orders JOIN dirty ON dirty.order_id = orders.order_id
),
people AS (
  SELECT customer_id FROM mine WHERE customer_id IS NOT NULL GROUP BY customer_id
),
visits AS (
  SELECT session_id FROM mine WHERE session_id IS NOT NULL GROUP BY session_id
),
visitors AS (
  SELECT touches.visitor_id AS visitor_id
  FROM touches
  LEFT JOIN people ON people.customer_id = touches.customer_id
  LEFT JOIN visits ON visits.session_id = touches.session_id
  WHERE touches.visitor_id IS NOT NULL AND (people.customer_id IS NOT NULL OR visits.session_id IS NOT NULL)
  UNION
  SELECT sessions.visitor_id
  FROM sessions
  LEFT JOIN people ON people.customer_id = sessions.customer_id
  LEFT JOIN visits ON visits.session_id = sessions.session_id
  WHERE sessions.visitor_id IS NOT NULL AND (people.customer_id IS NOT NULL OR visits.session_id IS NOT NULL)
),
all_visits AS (
  SELECT session_id FROM visits
  UNION
  SELECT sessions.session_id
  FROM sessions
  LEFT JOIN people ON people.customer_id = sessions.customer_id
  LEFT JOIN visitors ON visitors.visitor_id = sessions.visitor_id
  WHERE people.customer_id IS NOT NULL OR visitors.visitor_id IS NOT NULL
)
SELECT sessions.session_id AS session_id
FROM sessions
LEFT JOIN people ON people.customer_id = sessions.customer_id
LEFT JOIN visitors ON visitors.visitor_id = sessions.visitor_id
LEFT JOIN all_visits ON all_visits.session_id = sessions.session_id
WHERE people.customer_id IS NOT NULL OR visitors.visitor_id IS NOT NULL OR all_visits.session_id IS NOT NULL
""" }
--- */
SELECT touch_credits.order_id AS order_id,
       touch_credits.touch_id AS touch_id,
       X_DAY(touch_points.touched_at) AS touched_on,
       touch_points.marketing_channel AS marketing_channel,
       touch_points.campaign AS campaign,
       touch_points.ad_group AS ad_group,
       touch_points.keyword AS keyword,
       touch_points.landing_page AS landing_page,
       touch_credits.credit AS credit,
       touch_credits.upto AS upto
FROM touch_credits
JOIN touch_points ON touch_points.touch_id = touch_credits.touch_id
WHERE touch_credits.credit > 0
