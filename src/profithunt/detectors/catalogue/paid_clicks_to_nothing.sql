/* ---
code = "KW30"
number = 30
name = "paid_clicks_to_nothing"
level = "keyword"
entity = ["keyword"]
owner = "marketing"
reversible = true
action = "pause_until_there_is_stock_or_lead_elsewhere"
statistic = "share"
window_days = 91
needs = ["touches.keyword", "touches.cost | ad_spend.keyword", "stock.on_hand", "events.sku | touches.landing_page"]
[thresholds]
view_kind = "view"
min_clicks = 20
dead_share = 0.3
count_days = 14
[rows]
from = ""
[docs]
why = "The advertisement leads to a product that is not there: the click is paid for, and the visitor can't buy what it promised."
value = "Clicks that end at a product without stock × what a click costs, over 28 days."
known_problems = "Where a click leads is the product in the address of its landing page, else the first product looked at in the visit; a visitor who finds something else is no dead click. A product counts as gone when the last count of at most count_days before found none anywhere. Profit of the orders that stock would have brought is not counted: viewed out of stock does that."
source = "METRICS section 6"
--- */
WITH counts AS (
  SELECT sku, counted_on, SUM(on_hand) AS on_hand
  FROM stock
  WHERE counted_on > X_ADD_DAYS($window_start, -CAST($count_days AS INT)) AND counted_on <= $window_end
  GROUP BY sku, counted_on
),
gone AS (
  SELECT sku, counted_on, until_on
  FROM (
    SELECT sku, counted_on, on_hand,
           COALESCE(LEAD(counted_on) OVER (PARTITION BY sku ORDER BY counted_on),
                    X_ADD_DAYS(counted_on, CAST($count_days AS INT))) AS until_on
    FROM counts
  ) AS c
  WHERE on_hand <= 0
),
paid AS (
  SELECT touch_id, keyword, session_id, X_DAY(touched_at) AS clicked_on, cost,
         SPLIT_PART(landing_page, '?', 1) AS page
  FROM touches
  WHERE keyword IS NOT NULL AND kind = 'click'
    AND X_DAY(touched_at) > $window_start AND X_DAY(touched_at) <= $window_end
),
visits AS (
  SELECT session_id FROM paid WHERE session_id IS NOT NULL GROUP BY session_id
),
viewed AS (
  SELECT e.session_id, e.sku,
         ROW_NUMBER() OVER (PARTITION BY e.session_id ORDER BY e.occurred_at, e.sku) AS place
  FROM events AS e
  INNER JOIN visits AS v ON v.session_id = e.session_id
  WHERE e.kind = $view_kind AND e.sku IS NOT NULL
    AND X_DAY(e.occurred_at) > $window_start AND X_DAY(e.occurred_at) <= $window_end
),
bought AS (
  SELECT session_id FROM orders WHERE session_id IS NOT NULL GROUP BY session_id
),
landed AS (
  SELECT c.touch_id, c.keyword, c.clicked_on, c.cost, COALESCE(p.sku, v.sku) AS sku, b.session_id IS NOT NULL AS ordered
  FROM paid AS c
  LEFT JOIN products AS p
    ON p.sku = SPLIT_PART(c.page, '/', 1 + LENGTH(c.page) - LENGTH(REPLACE(c.page, '/', '')))
  LEFT JOIN viewed AS v ON v.session_id = c.session_id AND v.place = 1
  LEFT JOIN bought AS b ON b.session_id = c.session_id
),
-- Logs of visits are kept for a shorter time than clicks: before them nobody knows where a click led.
logged AS (
  SELECT MIN(clicked_on) AS first_on FROM landed WHERE sku IS NOT NULL
),
ended AS (
  SELECT l.touch_id, l.keyword, l.clicked_on, l.cost, l.sku,
         CASE WHEN g.sku IS NOT NULL AND NOT l.ordered THEN 1 ELSE 0 END AS is_dead
  FROM landed AS l
  INNER JOIN logged AS f ON l.clicked_on >= f.first_on
  LEFT JOIN gone AS g ON g.sku = l.sku AND l.clicked_on >= g.counted_on AND l.clicked_on < g.until_on
),
booked AS (
  SELECT keyword, X_DIV(SUM(cost), SUM(clicks)) AS per_click
  FROM ad_spend
  WHERE keyword IS NOT NULL AND spent_on > $window_start AND spent_on <= $window_end
  GROUP BY keyword
)
SELECT e.keyword,
       SUM(e.is_dead) AS hits,
       COUNT(*)       AS trials,
       0              AS benchmark,
       $dead_share    AS "limit",
       COALESCE(AVG(e.cost), MAX(b.per_click)) AS unit_loss,
       X_ACTIVITY(e.clicked_on),
       COUNT(*)       AS clicks,
       SUM(e.is_dead) AS clicks_to_nothing,
       COUNT(DISTINCT CASE WHEN e.is_dead = 1 THEN e.sku END) AS products_not_there,
       MIN(CASE WHEN e.is_dead = 1 THEN e.sku END) AS example_product
FROM ended AS e
LEFT JOIN booked AS b ON b.keyword = e.keyword
GROUP BY e.keyword
HAVING COUNT(*) >= $min_clicks AND COALESCE(AVG(e.cost), MAX(b.per_click)) > 0
