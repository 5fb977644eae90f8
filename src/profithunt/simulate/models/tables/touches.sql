/* ---
what = "touches"
grain = ["touch_id"]
[columns]
touch_id = "text | touch"
touched_at = "timestamp | when"
customer_id = "text | customer"
visitor_id = "text | visitor"
session_id = "text | visit"
kind = "text | kind"
channel = "text | channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
search_term = "text | search term"
landing_page = "text | landing page"
cost = "money | cost"
--- */
WITH made AS (
  SELECT v.visit_no * 4 AS touch_no, v.started_at AS touched_at, v.customer_no, v.known AND NOT v.guest AS known, v.visit_no,
         CASE c.channel WHEN 'affiliate' THEN 'affiliate' ELSE 'click' END AS kind,
         c.channel, v.keyword_no, v.term_no, v.page_no, v.campaign_no,
         CASE WHEN c.channel = 'affiliate' THEN CASE WHEN v.ordered THEN ROUND(0.06 * CAST(o.value AS DOUBLE), 2) ELSE 0 END ELSE v.cost END AS cost
  FROM visits AS v
  INNER JOIN channels AS c ON c.channel_no = v.channel_no
  LEFT JOIN bought AS o ON o.world = v.world AND o.order_no = v.order_no
  WHERE c.channel NOT IN ('direct', 'organic')
  UNION ALL
  SELECT v.visit_no * 4 + 1, X_ADD_SECONDS(b.ordered_at, -60 - X_DRAW(90, 'poach.second', v.order_no)), v.customer_no, NOT v.guest, v.visit_no,
         'affiliate', 'affiliate', NULL, NULL, v.page_no, l.member_no, ROUND(0.06 * CAST(o.value AS DOUBLE), 2)
  FROM visits AS v
  INNER JOIN bought AS o ON o.world = v.world AND o.order_no = v.order_no
  INNER JOIN baskets AS b ON b.world = v.world AND b.order_no = v.order_no
  INNER JOIN levers AS l ON l.family = 'partner' AND v.day_no >= l.starts_no AND v.day_no <= l.ends_no AND l.problem <> v.world
  WHERE v.ordered AND v.channel_no <> 4 AND X_UNIFORM('poached', v.order_no) < l.strength
  UNION ALL
  SELECT p.customer_no * 4096 + n.n * 4 + 2, X_ADD_SECONDS(CAST(X_ADD_DAYS($starts_on, CAST($n_days - 1 - 28 * n.n AS INT)) AS TIMESTAMP), 25200),
         p.customer_no, TRUE, NULL, 'send', 'email', NULL, NULL, NULL, MOD(n.n, 4), 0
  FROM people AS p
  INNER JOIN numbers AS n ON n.n < 6 AND p.opted_in AND NOT p.guest AND p.begins < $n_days - 28 * n.n - 1
)
SELECT CONCAT('H', CAST(100000000000 + MOD(m.touch_no * 48271 + 37, 137438953447) AS TEXT)) AS touch_id,
       m.touched_at,
       CASE WHEN m.known THEN CONCAT('C', CAST(100000000 + MOD(m.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       CONCAT('U', CAST(100000000 + MOD(m.customer_no * 69621 + 3, 2147483647) AS TEXT)) AS visitor_id,
       CASE WHEN m.visit_no IS NOT NULL THEN CONCAT('V', CAST(10000000000 + MOD(m.visit_no * 48271 + 13, 68719476731) AS TEXT)) END AS session_id,
       m.kind, m.channel,
       COALESCE(k.campaign, CONCAT(m.channel, ' ', CAST(m.campaign_no + 1 AS TEXT))) AS campaign,
       k.ad_group,
       k.keyword,
       CASE WHEN k.keyword IS NOT NULL THEN CONCAT(k.keyword, w.word) END AS search_term,
       g.page AS landing_page,
       m.cost
FROM made AS m
LEFT JOIN keywords AS k ON k.keyword_no = m.keyword_no
LEFT JOIN words AS w ON w.kind = 'suffix' AND w.word_no = MOD(m.term_no, 6)
LEFT JOIN pages AS g ON g.page_no = m.page_no
