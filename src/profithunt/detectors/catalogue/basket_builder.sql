/* ---
code = "SKU27"
number = 27
name = "basket_builder"
level = "sku_pair"
entity = ["sku", "with_sku"]
owner = "merchandising"
reversible = true
action = "bundle_or_show_together"
statistic = "share"
window_days = 364
credibility = 0.3
drifts = false
needs = ["ledger.cm2"]
[thresholds]
min_orders = 20
min_lift = 1.5
attach_uplift = 0.1
largest_basket = 40
[rows]
from = ""
[docs]
why = "Two products are bought together far more often than chance would have it, yet most orders of the one go out without the other."
value = "Orders with both × attach_uplift (what showing them together adds to the attach rate, assumed until tested), no more than there are orders without the other, × profit (CM2) of an order line of the other."
known_problems = "Pairs may sell together for a reason that no page can strengthen; a promotion on both looks the same. Baskets of more than largest_basket lines are left out."
source = "Association rules: Agrawal, Imieliński and Swami (1993)"
--- */
WITH baskets AS (
  SELECT order_id
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0
  GROUP BY order_id
  HAVING COUNT(*) BETWEEN 2 AND $largest_basket
),
item AS (
  SELECT sku, COUNT(DISTINCT order_id) AS n_orders, X_DIV(SUM(cm2), COUNT(*)) AS margin
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0 AND sku IS NOT NULL
  GROUP BY sku
  HAVING COUNT(DISTINCT order_id) >= $min_orders
),
total AS (
  SELECT COUNT(DISTINCT order_id) AS n_orders FROM ledger WHERE in_window AND entry = 'line' AND units > 0
),
bought AS (
  SELECT l.order_id, l.sku
  FROM ledger AS l
  INNER JOIN baskets AS b ON b.order_id = l.order_id
  INNER JOIN item AS i ON i.sku = l.sku
  WHERE l.in_window AND l.entry = 'line' AND l.units > 0
  GROUP BY l.order_id, l.sku
),
pair AS (
  SELECT a.sku AS one, b.sku AS two, COUNT(*) AS n_both
  FROM bought AS a
  INNER JOIN bought AS b ON b.order_id = a.order_id AND b.sku > a.sku
  GROUP BY a.sku, b.sku
  HAVING COUNT(*) >= $min_orders
),
directed AS (
  SELECT CASE WHEN x.n_orders <= y.n_orders THEN x.sku ELSE y.sku END AS sku,
         CASE WHEN x.n_orders <= y.n_orders THEN y.sku ELSE x.sku END AS with_sku,
         p.n_both,
         LEAST(x.n_orders, y.n_orders)    AS n_orders,
         GREATEST(x.n_orders, y.n_orders) AS n_with,
         CASE WHEN x.n_orders <= y.n_orders THEN y.margin ELSE x.margin END AS margin
  FROM pair AS p
  INNER JOIN item AS x ON x.sku = p.one
  INNER JOIN item AS y ON y.sku = p.two
)
SELECT d.sku,
       d.with_sku,
       d.n_both   AS hits,
       d.n_orders AS trials,
       X_DIV(d.n_with, t.n_orders) AS benchmark,
       LEAST(X_DIV(d.n_with, t.n_orders) * $min_lift, 1) AS "limit",
       LEAST(d.n_both * $attach_uplift, d.n_orders - d.n_both) * GREATEST(d.margin, 0) AS loss,
       d.n_both   AS orders_with_both,
       d.n_orders AS orders_with_one,
       X_DIV(d.n_both * t.n_orders, d.n_orders * d.n_with) AS lift,
       d.margin   AS profit_per_line,
       1          AS assumed_share
FROM directed AS d
CROSS JOIN total AS t
