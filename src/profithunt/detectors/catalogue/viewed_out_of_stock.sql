/* ---
code = "SKU15"
number = 15
name = "viewed_out_of_stock"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "redirect_or_expedite"
statistic = "sum"
window_days = 91
needs = ["events.sku", "stock.on_hand"]
[thresholds]
view_kind = "view"
min_views = 200
prior_lines = 5
[rows]
from = ""
[docs]
why = "Customers look at the SKU on days when there is none to sell."
value = "Views on days without stock × its conversion on days with stock (shrunk to the shop's by prior_lines) × profit (CM2) of an order line of it (of a year)."
known_problems = "Some of these customers buy another SKU or come back; a day counts as out of stock when no place held any."
source = "DETECTORS 15"
--- */
WITH held AS (
  SELECT sku, counted_on, SUM(on_hand) AS on_hand FROM stock GROUP BY sku, counted_on
),
viewed AS (
  SELECT sku, X_DAY(occurred_at) AS viewed_on, COUNT(*) AS n_views
  FROM events
  WHERE kind = $view_kind AND sku IS NOT NULL
    AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
  GROUP BY sku, X_DAY(occurred_at)
),
days AS (
  SELECT v.sku, v.viewed_on, v.n_views, CASE WHEN h.on_hand <= 0 THEN 1 ELSE 0 END AS is_out
  FROM viewed AS v
  INNER JOIN held AS h ON h.sku = v.sku AND h.counted_on = v.viewed_on
),
sold AS (
  SELECT sku, COUNT(*) AS n_lines, SUM(cm2) AS cm2
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND ordered_on > X_ADD_DAYS($window_end, -364) AND ordered_on <= $window_end
  GROUP BY sku
),
-- Lines since views are logged, and the views that could have led to them.
reach AS (
  SELECT MIN(viewed_on) AS first_on FROM viewed
),
sold_now AS (
  SELECT l.sku, COUNT(*) AS n_lines
  FROM ledger AS l
  CROSS JOIN reach AS r
  WHERE l.entry = 'line' AND l.units > 0 AND l.ordered_on >= r.first_on AND l.ordered_on <= $window_end
  GROUP BY l.sku
),
looked AS (
  SELECT v.sku, SUM(CASE WHEN d.is_out = 1 THEN 0 ELSE v.n_views END) AS n_views
  FROM viewed AS v
  LEFT JOIN days AS d ON d.sku = v.sku AND d.viewed_on = v.viewed_on
  GROUP BY v.sku
),
shop AS (
  SELECT X_DIV(SUM(n.n_lines), SUM(k.n_views)) AS conversion FROM looked AS k LEFT JOIN sold_now AS n ON n.sku = k.sku
),
usual AS (
  SELECT X_DIV(SUM(cm2), SUM(n_lines)) AS margin FROM sold
),
worth AS (
  SELECT k.sku,
         COALESCE(n.n_lines, 0) AS n_lines,
         LEAST(X_DIV(COALESCE(n.n_lines, 0) + $prior_lines, k.n_views + X_DIV($prior_lines, h.conversion)), 1) AS conversion,
         GREATEST(X_DIV(COALESCE(s.cm2, 0) + $prior_lines * u.margin, COALESCE(s.n_lines, 0) + $prior_lines), 0) AS margin
  FROM looked AS k
  CROSS JOIN shop AS h
  CROSS JOIN usual AS u
  LEFT JOIN sold_now AS n ON n.sku = k.sku
  LEFT JOIN sold AS s ON s.sku = k.sku
)
SELECT d.sku,
       SUM(d.n_views * w.conversion * w.margin) AS loss,
       COUNT(*) AS n,
       SUM(d.n_views * w.conversion * w.margin * d.n_views * w.conversion * w.margin)
         + POWER(SUM(d.n_views * w.conversion * w.margin), 2) * X_DIV(1, MAX(w.n_lines) + $prior_lines) AS loss_sq,
       SUM(d.n_views)     AS views_out_of_stock,
       COUNT(*)           AS days_out_of_stock,
       MAX(w.conversion)  AS conversion_in_stock,
       MAX(w.margin)      AS cm2_per_line
FROM days AS d
INNER JOIN worth AS w ON w.sku = d.sku
WHERE d.is_out = 1
GROUP BY d.sku
HAVING SUM(d.n_views) >= $min_views
