/* ---
code = "SKU14"
number = 14
name = "over_exposed_loser"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "demote_it"
statistic = "ratio"
direction = "low"
window_days = 91
drifts = false
credibility = 0.6
needs = ["events.sku", "ledger.cm2"]
[thresholds]
view_kind = "view"
min_views = 50
view_percentile = 0.7
share_factor = 2
bought_share = 0.7
sure_of_lack = 2
former_lines = 10
[rows]
from = ""
[docs]
why = "The shop gives the SKU a share of its category's views that its share of the profit does not bear: the same places would earn more with other products."
value = "Views beyond its share of the profit × (profit (CM2) per view of the rest of its category − its own)."
known_problems = "A SKU that once sold what its views are worth has lost its buyers, not gained views, and is left to looked at, not bought. Views on days without stock are left out where stock is known by day. A show-piece that draws customers who buy something else; a new product that is being made known; products that are shown because customers ask for them by name. A SKU whose share of the purchases is beyond bought_share of its share of the views, or lacks fewer lines than sure_of_lack standard errors, is left out: its margin or its returns are to blame, and others look at those. The views that others get instead may earn less than those they have."
source = "DETECTORS 14; METRICS section 6"
--- */
WITH gone AS (
  SELECT sku, counted_on
  FROM stock
  WHERE counted_on > $window_start AND counted_on <= $window_end
  GROUP BY sku, counted_on
  HAVING SUM(on_hand) <= 0
),
viewed AS (
  SELECT e.sku, X_DAY(e.occurred_at) AS day, COUNT(*) AS n_views, 0.0 AS cm2, 0 AS n_lines
  FROM events AS e
  LEFT JOIN gone AS g ON g.sku = e.sku AND g.counted_on = X_DAY(e.occurred_at)
  WHERE e.kind = $view_kind AND e.sku IS NOT NULL AND g.sku IS NULL
    AND X_DAY(e.occurred_at) > $window_start AND X_DAY(e.occurred_at) <= $window_end
  GROUP BY e.sku, X_DAY(e.occurred_at)
),
reach AS (
  SELECT MIN(day) AS first_on FROM viewed
),
named AS (
  SELECT COUNT(session_id) AS n_orders FROM orders
),
sold AS (
  SELECT l.sku, l.ordered_on AS day, 0 AS n_views, SUM(CAST(l.cm2 AS DOUBLE)) AS cm2, COUNT(*) AS n_lines
  FROM ledger AS l
  CROSS JOIN reach AS r
  CROSS JOIN named AS n
  LEFT JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.in_window AND l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL AND l.ordered_on >= r.first_on
    AND (o.session_id IS NOT NULL OR n.n_orders = 0)
  GROUP BY l.sku, l.ordered_on
),
days AS (
  SELECT b.sku, COALESCE(p.category, '') AS category, b.day, SUM(b.n_views) AS n_views, SUM(b.cm2) AS cm2, SUM(b.n_lines) AS n_lines
  FROM (SELECT sku, day, n_views, cm2, n_lines FROM viewed UNION ALL SELECT sku, day, n_views, cm2, n_lines FROM sold) AS b
  LEFT JOIN products AS p ON p.sku = b.sku
  GROUP BY b.sku, COALESCE(p.category, ''), b.day
),
own AS (
  SELECT sku, category, SUM(n_views) AS n_views, SUM(cm2) AS cm2, SUM(n_lines) AS n_lines FROM days GROUP BY sku, category
),
total AS (
  SELECT category, SUM(n_views) AS n_views, SUM(cm2) AS cm2, SUM(n_lines) AS n_lines FROM days GROUP BY category
),
often AS (
  SELECT category, X_PERCENTILE(n_views, $view_percentile) AS n_views FROM own GROUP BY category
),
-- What it sold before its views are known, as a share of its category.
before AS (
  SELECT l.sku, COALESCE(p.category, '') AS category, COUNT(*) AS n_lines
  FROM ledger AS l
  CROSS JOIN reach AS r
  CROSS JOIN named AS n
  LEFT JOIN orders AS o ON o.order_id = l.order_id
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -364) AND l.ordered_on < r.first_on
    AND (o.session_id IS NOT NULL OR n.n_orders = 0)
  GROUP BY l.sku, COALESCE(p.category, '')
),
former AS (
  SELECT b.sku, b.n_lines, X_DIV(b.n_lines, c.n_lines) AS share
  FROM before AS b
  INNER JOIN (SELECT category, SUM(n_lines) AS n_lines FROM before GROUP BY category) AS c ON c.category = b.category
),
rest AS (
  SELECT o.sku,
         o.n_views,
         X_DIV(o.cm2, o.n_views) AS per_view,
         X_DIV(t.cm2 - o.cm2, t.n_views - o.n_views) AS per_view_of_others,
         X_DIV(o.n_views, t.n_views) AS view_share,
         X_DIV(o.cm2, t.cm2) AS profit_share
  FROM own AS o
  INNER JOIN total AS t ON t.category = o.category
  INNER JOIN often AS f ON f.category = o.category AND o.n_views >= f.n_views
  LEFT JOIN former AS b ON b.sku = o.sku
  WHERE X_DIV(o.n_lines, t.n_lines) <= $bought_share * X_DIV(o.n_views, t.n_views)
    AND o.n_views >= $min_views AND t.n_views > o.n_views AND t.cm2 > o.cm2
    AND X_DIV(o.n_views, t.n_views) * t.n_lines - o.n_lines >= $sure_of_lack * SQRT(X_DIV(o.n_views, t.n_views) * t.n_lines)
    AND (b.sku IS NULL OR b.n_lines < $former_lines OR b.share <= $bought_share * X_DIV(o.n_views, t.n_views))
)
SELECT d.sku,
       d.category AS peers,
       X_MOMENTS(d.cm2, d.n_views),
       X_ACTIVITY(d.day),
       MAX(r.per_view_of_others) AS benchmark,
       X_DIV(MAX(r.per_view_of_others), $share_factor) AS "limit",
       LEAST(1 - X_DIV(MAX(r.per_view), MAX(r.per_view_of_others)), 1) AS unit_loss,
       300 AS unit_n,
       SUM(d.n_views) AS views,
       SUM(d.n_lines) AS order_lines,
       MAX(r.view_share) AS share_of_views,
       MAX(r.profit_share) AS share_of_profit,
       MAX(r.per_view) AS cm2_per_view,
       MAX(r.per_view_of_others) AS cm2_per_view_of_others
FROM days AS d
INNER JOIN rest AS r ON r.sku = d.sku
GROUP BY d.sku, d.category
