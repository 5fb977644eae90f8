/* ---
what = "Where each touch that can win an order came from; visits stand in where no touch was recorded."
grain = ["touch_id"]
kind = "view"
[columns]
touch_id = "text | touch or visit"
touched_at = "timestamp | when"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
landing_page = "text | landing page"
--- */
WITH touched AS (
  SELECT session_id FROM touches WHERE session_id IS NOT NULL GROUP BY session_id
)
SELECT touch_id, touched_at, channel AS marketing_channel, campaign, ad_group, keyword, landing_page
FROM touches
WHERE kind IS NULL OR kind NOT IN ('impression', 'send')
UNION ALL
SELECT sessions.session_id, sessions.started_at, sessions.channel, sessions.campaign, NULL, sessions.keyword,
       sessions.landing_page
FROM sessions
LEFT JOIN touched ON touched.session_id = sessions.session_id
WHERE touched.session_id IS NULL AND sessions.channel IS NOT NULL
