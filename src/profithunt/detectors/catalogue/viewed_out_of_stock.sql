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
[rows]
from = ""
[docs]
why = "Customers look at the SKU on days when there is none to sell."
value = "Views on days without stock × its conversion on days with stock × profit (CM2) of an order line."
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
  WHERE in_window AND entry = 'line' AND units > 0
  GROUP BY sku
),
shop AS (
  SELECT X_DIV(SUM(s.n_lines), SUM(d.n_views)) AS conversion, X_DIV(SUM(s.cm2), SUM(s.n_lines)) AS margin
  FROM (SELECT sku, SUM(CASE WHEN is_out = 0 THEN n_views ELSE 0 END) AS n_views FROM days GROUP BY sku) AS d
  LEFT JOIN sold AS s ON s.sku = d.sku
),
worth AS (
  SELECT d.sku,
         LEAST(COALESCE(X_DIV(COALESCE(MAX(s.n_lines), 0), SUM(CASE WHEN d.is_out = 0 THEN d.n_views END)),
                        MAX(h.conversion), 0), 1) AS conversion,
         GREATEST(COALESCE(X_DIV(MAX(s.cm2), MAX(s.n_lines)), MAX(h.margin), 0), 0) AS margin
  FROM days AS d
  CROSS JOIN shop AS h
  LEFT JOIN sold AS s ON s.sku = d.sku
  GROUP BY d.sku
)
SELECT d.sku,
       SUM(d.n_views * w.conversion * w.margin) AS loss,
       COUNT(*) AS n,
       SUM(d.n_views * w.conversion * w.margin * d.n_views * w.conversion * w.margin) AS loss_sq,
       SUM(d.n_views)     AS views_out_of_stock,
       COUNT(*)           AS days_out_of_stock,
       MAX(w.conversion)  AS conversion_in_stock,
       MAX(w.margin)      AS cm2_per_line
FROM days AS d
INNER JOIN worth AS w ON w.sku = d.sku
WHERE d.is_out = 1
GROUP BY d.sku
HAVING SUM(d.n_views) >= $min_views
