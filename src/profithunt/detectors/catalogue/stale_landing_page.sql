/* ---
code = "WEB35"
number = 35
name = "stale_landing_page"
level = "landing_page"
entity = ["landing_page"]
owner = "web"
reversible = true
action = "re_merchandise_the_page"
statistic = "share"
window_days = 28
drifts = false
credibility = 0.6
needs = ["events.sku", "sessions.landing_page", "stock.on_hand", "orders.session_id"]
[thresholds]
view_kind = "view"
min_shown = 50
least_unavailable = 0.3
[rows]
from = ""
[docs]
why = "The page leads visitors to products that are out of stock; who came for them leaves."
value = "Visits to the page × the share of what it shows them that is out of stock, beyond the median page's × profit (CM2) of a visit to the other pages."
known_problems = "What a page features is read from list views with a SKU; where the shop records none, from the products that its visitors look at. Products on order that can be bought in advance count as out of stock. Visitors may take another product of the page."
source = "DETECTORS 35; METRICS section 6"
--- */
WITH held AS (
  SELECT sku, counted_on, SUM(on_hand) AS on_hand
  FROM stock
  WHERE counted_on > $window_start AND counted_on <= $window_end
  GROUP BY sku, counted_on
),
listed AS (
  SELECT COUNT(*) AS n_lists FROM events
  WHERE kind = 'list_view' AND sku IS NOT NULL AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
),
shown AS (
  SELECT s.landing_page, e.sku, X_DAY(e.occurred_at) AS day, COUNT(*) AS n_shown
  FROM events AS e
  INNER JOIN sessions AS s ON s.session_id = e.session_id
  CROSS JOIN listed AS l
  WHERE e.sku IS NOT NULL AND s.landing_page IS NOT NULL
    AND X_DAY(e.occurred_at) > $window_start AND X_DAY(e.occurred_at) <= $window_end
    AND ((e.kind = 'list_view' AND COALESCE(e.page, s.landing_page) = s.landing_page) OR (l.n_lists = 0 AND e.kind = $view_kind))
  GROUP BY s.landing_page, e.sku, X_DAY(e.occurred_at)
),
days AS (
  SELECT w.landing_page, w.day, SUM(w.n_shown) AS n_shown, SUM(CASE WHEN h.on_hand <= 0 THEN w.n_shown ELSE 0 END) AS n_gone
  FROM shown AS w
  INNER JOIN held AS h ON h.sku = w.sku AND h.counted_on = w.day
  GROUP BY w.landing_page, w.day
),
earned AS (
  SELECT a.session_id, SUM(b.cm2) AS cm2
  FROM orders AS a
  INNER JOIN order_profit AS b ON b.order_id = a.order_id
  WHERE a.session_id IS NOT NULL
  GROUP BY a.session_id
),
visits AS (
  SELECT s.landing_page, COUNT(*) AS n_visits, SUM(COALESCE(e.cm2, 0)) AS cm2
  FROM sessions AS s
  LEFT JOIN earned AS e ON e.session_id = s.session_id
  WHERE s.landing_page IS NOT NULL AND X_DAY(s.started_at) >= (SELECT MIN(day) FROM days) AND X_DAY(s.started_at) <= $window_end
  GROUP BY s.landing_page
),
total AS (
  SELECT SUM(n_visits) AS n_visits, SUM(cm2) AS cm2 FROM visits
)
SELECT d.landing_page,
       SUM(d.n_gone)  AS hits,
       SUM(d.n_shown) AS trials,
       X_ACTIVITY(d.day),
       $least_unavailable AS "limit",
       GREATEST(COALESCE(X_DIV(MAX(t.cm2) - MAX(v.cm2), MAX(t.n_visits) - MAX(v.n_visits)), 0), 0)
         * X_DIV(MAX(v.n_visits), SUM(d.n_shown)) AS unit_loss,
       300            AS unit_n,
       MAX(v.n_visits) AS visits,
       SUM(d.n_shown) AS products_shown,
       SUM(d.n_gone)  AS of_them_out_of_stock,
       X_DIV(MAX(t.cm2) - MAX(v.cm2), MAX(t.n_visits) - MAX(v.n_visits)) AS cm2_per_visit_to_other_pages,
       X_DIV(MAX(v.cm2), MAX(v.n_visits)) AS cm2_per_visit
FROM days AS d
INNER JOIN visits AS v ON v.landing_page = d.landing_page
CROSS JOIN total AS t
GROUP BY d.landing_page
HAVING SUM(d.n_shown) >= $min_shown
