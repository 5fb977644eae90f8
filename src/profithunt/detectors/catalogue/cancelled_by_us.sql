/* ---
code = "SKU24"
number = 24
name = "cancelled_by_us"
level = "sku"
entity = ["sku"]
owner = "operations"
reversible = true
action = "sync_stock"
statistic = "share"
window_days = 364
needs = ["order_lines.cancelled_quantity"]
[thresholds]
min_lines = 20
cancelled_share = 0.025
contact_cost = 5.0
customer_reasons = "customer"
[rows]
where = "in_window AND cancellations < 0"
order_by = "cancellations"
[docs]
why = "The shop sold what it then could not deliver: the sale is lost and the customer asks why."
value = "Cancelled lines above the category's median × (the profit that the cancelled units would have made + one contact, contact_cost)."
known_problems = "Cancellations by the customer are left out only where cancel_reason says so (customer_reasons is the word looked for)."
source = "Marketplace limit for cancellations before dispatch, 2.5 %: METRICS section 5"
--- */
WITH lines AS (
  SELECT l.sku,
         l.order_id,
         l.ordered_on,
         l.units,
         l.quantity,
         l.cm2,
         l.list_sales,
         CASE WHEN l.cost_source = 'assumed' THEN l.list_sales ELSE 0 END AS assumed_sales,
         COALESCE(o.cancelled_quantity, 0) AS cancelled,
         COALESCE(LOWER(o.cancel_reason), '') AS reason
  FROM ledger AS l
  INNER JOIN order_lines AS o ON o.order_id = l.order_id AND o.line_no = l.line_no
  WHERE l.in_window AND l.entry = 'line' AND l.sku IS NOT NULL
),
kept AS (
  SELECT sku, GREATEST(X_DIV(SUM(cm2), SUM(units)), 0) AS margin
  FROM lines
  WHERE cancelled = 0 AND units > 0
  GROUP BY sku
)
SELECT l.sku,
       COALESCE(MAX(p.category), '') AS peers,
       COUNT(CASE WHEN l.cancelled > 0 AND NOT l.reason LIKE CONCAT('%', $customer_reasons, '%') THEN 1 END) AS hits,
       COUNT(*) AS trials,
       $cancelled_share AS "limit",
       X_ACTIVITY(l.ordered_on),
       X_DIV(SUM(CASE WHEN l.cancelled > 0 THEN l.cancelled * COALESCE(k.margin, 0) + $contact_cost END),
             COUNT(CASE WHEN l.cancelled > 0 THEN 1 END)) AS unit_loss,
       COUNT(CASE WHEN l.cancelled > 0 THEN 1 END) AS unit_n,
       SUM(l.quantity)  AS units_ordered,
       SUM(CASE WHEN NOT l.reason LIKE CONCAT('%', $customer_reasons, '%') THEN l.cancelled ELSE 0 END) AS units_cancelled,
       MAX(k.margin)    AS margin_per_unit,
       X_DIV(SUM(l.assumed_sales), SUM(l.list_sales)) AS assumed_share
FROM lines AS l
LEFT JOIN kept AS k ON k.sku = l.sku
LEFT JOIN products AS p ON p.sku = l.sku
GROUP BY l.sku
HAVING COUNT(*) >= $min_lines
