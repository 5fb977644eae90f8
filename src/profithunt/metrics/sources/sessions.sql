/* ---
what = "One row per visit."
grain = "visit"
needs = ["sessions"]
dimensions = ["channel", "device", "country"]
live = ["campaign", "keyword", "landing_page"]
[columns]
views = "pages viewed | sessions.views"
bounced = "left after one page | sessions.bounced"
ordered = "an order was placed in it | orders.session_id"
known_customer = "the visitor is a known customer | sessions.customer_id"
--- */
SELECT X_DAY(sessions.started_at) AS day,
       sessions.channel AS channel,
       sessions.device AS device,
       sessions.country AS country,
       sessions.campaign AS campaign,
       sessions.keyword AS keyword,
       sessions.landing_page AS landing_page,
       sessions.views AS views,
       sessions.bounced AS bounced,
       buying.session_id IS NOT NULL AS ordered,
       sessions.customer_id IS NOT NULL AS known_customer
FROM sessions
LEFT JOIN (
  SELECT session_id FROM orders WHERE session_id IS NOT NULL AND cancelled_at IS NULL GROUP BY session_id
) AS buying ON buying.session_id = sessions.session_id
