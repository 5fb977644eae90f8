/* ---
what = "sessions"
grain = ["session_id"]
[columns]
session_id = "text | visit"
visitor_id = "text | visitor"
customer_id = "text | customer"
started_at = "timestamp | when"
channel = "text | channel"
campaign = "text | campaign"
keyword = "text | keyword"
landing_page = "text | first page"
device = "text | device"
country = "text | country"
views = "int | pages"
bounced = "bool | left after one page"
--- */
SELECT CONCAT('V', CAST(10000000000 + MOD(v.visit_no * 48271 + 13, 68719476731) AS TEXT)) AS session_id,
       CONCAT('U', CAST(100000000 + MOD(v.customer_no * 69621 + 3, 2147483647) AS TEXT)) AS visitor_id,
       CASE WHEN v.known AND NOT v.guest THEN CONCAT('C', CAST(100000000 + MOD(v.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       v.started_at,
       c.channel,
       CASE WHEN c.channel NOT IN ('direct', 'organic')
            THEN COALESCE(k.campaign, CONCAT(c.channel, ' ', CAST(v.campaign_no + 1 AS TEXT))) END AS campaign,
       k.keyword,
       g.page AS landing_page,
       v.device,
       r.country,
       CASE WHEN v.bounced THEN 1 ELSE 1 + v.views END AS views,
       v.bounced
FROM visits AS v
INNER JOIN channels AS c ON c.channel_no = v.channel_no
INNER JOIN regions AS r ON r.region_no = v.region_no
LEFT JOIN keywords AS k ON k.keyword_no = v.keyword_no
LEFT JOIN pages AS g ON g.page_no = v.page_no
WHERE v.day_no >= $n_days - $log_days
