/* ---
code = "SKU25"
number = 25
name = "invisible_stock"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "surface_it"
statistic = "sum"
window_days = 14
drifts = false
credibility = 0.5
needs = ["events.sku", "stock.on_hand"]
[thresholds]
view_kind = "view"
min_units = 5
[rows]
from = ""
[docs]
why = "There is stock of the SKU, and for 14 days nobody has seen it: no page, list or search leads to it."
value = "Median views of SKUs that are in stock × the shop's conversion × profit (CM2) of an order line, over 28 days."
known_problems = "New arrivals before their launch; goods that are sold in stores only."
source = "DETECTORS 25"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  WHERE s.counted_on > $window_start
  GROUP BY s.sku
),
viewed AS (
  SELECT sku, COUNT(*) AS n_views
  FROM events
  WHERE kind = $view_kind AND sku IS NOT NULL
    AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
  GROUP BY sku
),
sold AS (
  SELECT COUNT(*) AS n_lines, X_DIV(SUM(cm2), COUNT(*)) AS margin
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0
),
usual AS (
  SELECT X_PERCENTILE(v.n_views, 0.5) AS n_views, SUM(v.n_views) AS total
  FROM viewed AS v
  INNER JOIN held AS h ON h.sku = v.sku AND h.on_hand > 0
)
SELECT h.sku,
       MAX(u.n_views) * LEAST(X_DIV(MAX(s.n_lines), MAX(u.total)), 1) * GREATEST(COALESCE(MAX(s.margin), 0), 0) AS loss,
       MAX(u.n_views) AS n,
       MAX(h.on_hand) AS on_hand,
       MAX(u.n_views) AS views_to_expect,
       LEAST(X_DIV(MAX(s.n_lines), MAX(u.total)), 1) AS conversion,
       MAX(s.margin)  AS cm2_per_line
FROM held AS h
CROSS JOIN usual AS u
CROSS JOIN sold AS s
LEFT JOIN viewed AS v ON v.sku = h.sku
WHERE h.on_hand >= $min_units AND v.sku IS NULL
GROUP BY h.sku
