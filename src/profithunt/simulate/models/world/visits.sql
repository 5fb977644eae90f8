/* ---
what = "Visits to the site and the app: those with an order, those that a problem kept from one, and those that never led to any."
grain = ["world", "visit_no"]
[columns]
world = "text | world"
visit_no = "int | customer × 1024 + number of the visit"
customer_no = "int | customer"
known = "bool | the customer was logged in"
order_no = "int | order placed, or prevented"
ordered = "bool | an order was placed"
prevented = "text | what prevented it"
day_no = "int | day"
month_no = "int | month"
started_at = "timestamp | when"
channel_no = "int | where it came from"
keyword_no = "int | keyword"
term_no = "int | search term"
page_no = "int | landing page"
search_no = "int | what was typed into the shop's search"
campaign_no = "int | campaign of channels without keywords"
device = "text | device"
region_no = "int | region"
bounced = "bool | left after one page"
views = "int | products looked at"
cost = "money | cost of the click"
taste = "rate | taste"
guest = "bool | guest"
--- */
WITH browsed AS (
  SELECT p.world, p.customer_no, p.customer_no * 1024 + n.n AS visit_no, p.region_no, p.device_leaning, p.taste, p.guest,
         p.begins - 15 + X_UNIFORM('visit.when', p.customer_no, n.n) * (LEAST(p.n_life / p.pace, 2 * $n_days) + 60) AS at
  FROM people AS p
  INNER JOIN numbers AS n
    ON n.n < LEAST(FLOOR(-LN(X_UNIFORM('visit.many', p.customer_no)) * (5 + 3.6 * LEAST(p.n_life, 2 + 2 * p.pace * $n_days))), 200)
  WHERE n.n < 200
),
all_visits AS (
  SELECT v.world, v.visit_no, v.customer_no,
         CAST(NULL AS BIGINT) AS order_no, FALSE AS ordered, CAST(NULL AS TEXT) AS prevented,
         c.day_no,
         X_ADD_SECONDS(CAST(d.day AS TIMESTAMP), 21600 + X_DRAW(30600, 'visit.second', v.visit_no) + X_DRAW(30600, 'visit.second.more', v.visit_no)) AS started_at,
         bw.member_no AS channel_no,
         CASE WHEN bw.member_no = 0 THEN kw.member_no END AS keyword_no,
         pw.member_no AS page_no,
         CASE WHEN X_UNIFORM('visit.searched', v.visit_no) < 0.18 THEN sw.member_no END AS search_no,
         CASE WHEN v.device_leaning < 0.62 THEN 'mobile' WHEN v.device_leaning < 0.95 THEN 'desktop' ELSE 'tablet' END AS device,
         v.region_no, v.taste, v.guest
  FROM browsed AS v
  INNER JOIN clock AS c ON c.slot = FLOOR(v.at * 8)
  INNER JOIN days AS d ON d.day_no = c.day_no
  INNER JOIN wheels AS bw ON bw.wheel = 'browse' AND bw.slot = X_DRAW(2000, 'visit.channel', v.visit_no)
  INNER JOIN wheels AS kw ON kw.wheel = 'keyword' AND kw.slot = X_DRAW(2000, 'visit.keyword', v.visit_no)
  INNER JOIN wheels AS pw ON pw.wheel = 'page' AND pw.slot = X_DRAW(2000, 'visit.page', v.visit_no)
  INNER JOIN wheels AS sw ON sw.wheel = 'search' AND sw.slot = X_DRAW(2000, 'visit.search', v.visit_no)
  WHERE v.at >= 0 AND v.at < $n_days
  UNION ALL
  SELECT b.world, b.customer_no * 1024 + 512 + MOD(b.order_no, 256), b.customer_no,
         b.order_no, o.order_no IS NOT NULL, CASE WHEN o.order_no IS NULL THEN COALESCE(b.lost, 'nothing left') END,
         b.day_no, X_ADD_SECONDS(b.ordered_at, -240 - X_DRAW(1500, 'visit.long', b.order_no)),
         b.visit_channel_no, b.keyword_no, b.page_no, b.search_no, b.device, b.region_no, b.taste, b.guest
  FROM baskets AS b
  LEFT JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
  WHERE b.visit_channel_no IS NOT NULL AND (b.lost IS NULL OR b.lost NOT IN ('stops', 'given_up', 'paused', 'lost_custom', 'fewer_orders'))
),
landed AS (
  SELECT v.world, v.visit_no, v.customer_no, v.order_no, v.ordered, v.prevented, v.day_no, v.started_at, v.channel_no, v.keyword_no,
         CASE WHEN v.keyword_no IS NOT NULL THEN v.keyword_no * 6 + CASE WHEN v.order_no IS NULL THEN X_DRAW(6, 'visit.term', v.visit_no) ELSE X_DRAW(6, 'order.term', v.order_no) END END AS term_no,
         COALESCE(k.page_no, v.page_no) AS page_no,
         v.search_no, v.device, v.region_no, v.taste, v.guest,
         CASE WHEN v.keyword_no IS NOT NULL THEN k.cpc ELSE c.paid END AS click_cost
  FROM all_visits AS v
  INNER JOIN channels AS c ON c.channel_no = v.channel_no
  LEFT JOIN keywords AS k ON k.keyword_no = v.keyword_no
)
SELECT l.world, l.visit_no, l.customer_no,
       l.ordered OR X_UNIFORM('visit.known', l.visit_no) < 0.45 AS known,
       l.order_no, l.ordered, l.prevented, l.day_no, d.month_no, l.started_at, l.channel_no, l.keyword_no, l.term_no, l.page_no,
       CASE WHEN l.prevented IN ('leaky', 'stale') THEN NULL ELSE l.search_no END AS search_no,
       X_DRAW(CASE l.channel_no WHEN 4 THEN 8 ELSE 4 END, 'visit.campaign', l.visit_no) AS campaign_no,
       l.device, l.region_no,
       CASE WHEN l.ordered THEN FALSE
            WHEN l.prevented = 'leaky' THEN TRUE
            WHEN l.prevented IS NOT NULL THEN FALSE
            ELSE X_UNIFORM('visit.bounced', l.visit_no)
                 < LEAST(p.bounced + CASE WHEN pl.lever = 'leaky' AND pl.problem <> l.world THEN 0.8 * pl.strength ELSE 0 END, 0.95) END AS bounced,
       1 + FLOOR(-2.2 * LN(X_UNIFORM('visit.views', l.visit_no))) AS views,
       ROUND(l.click_cost * (0.8 + 0.4 * X_UNIFORM('visit.cost', l.visit_no))
             * CASE WHEN kl.lever = 'dear_clicks' AND kl.problem <> l.world THEN kl.strength
                    WHEN kl.lever IN ('dear_clicks', 'own_name') AND kl.problem = l.world THEN 0
                    WHEN kl.lever = 'dead_clicks' AND kl.problem = l.world
                         AND X_UNIFORM('visit.dead', l.visit_no) < kl.strength THEN 0
                    WHEN tl.problem = l.world THEN 0
                    ELSE 1 END, 2) AS cost,
       l.taste, l.guest
FROM landed AS l
INNER JOIN days AS d ON d.day_no = l.day_no
LEFT JOIN pages AS p ON p.page_no = l.page_no
LEFT JOIN levers AS pl ON pl.family = 'page' AND pl.member_no = l.page_no AND l.day_no >= pl.starts_no AND l.day_no <= pl.ends_no
LEFT JOIN levers AS kl ON kl.family = 'keyword' AND kl.member_no = l.keyword_no AND l.day_no >= kl.starts_no AND l.day_no <= kl.ends_no
LEFT JOIN levers AS tl ON tl.family = 'term' AND tl.member_no = l.term_no AND l.day_no >= tl.starts_no AND l.day_no <= tl.ends_no
