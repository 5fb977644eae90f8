/* ---
what = "One row per impression, click, open or send."
grain = "marketing touch"
needs = ["touches"]
dimensions = ["channel"]
live = ["campaign", "keyword", "landing_page"]
[columns]
kind = "impression, click, open, send or affiliate | touches.kind"
cost = "cost of the touch | touches.cost"
--- */
SELECT X_DAY(touched_at) AS day, channel AS channel, campaign AS campaign, keyword AS keyword,
       landing_page AS landing_page, kind AS kind, cost AS cost
FROM touches
