/* ---
code = "SKU28"
number = 28
name = "cost_anomaly"
level = "sku"
entity = ["sku"]
owner = "finance"
reversible = true
action = "fix_the_cost"
statistic = "sum"
window_days = 91
counted = false
needs = ["products.unit_cost | order_lines.unit_cost | order_lines.cost_amount"]
[thresholds]
margin_limit = 0.95
min_lines = 5
[rows]
where = "in_window AND net_sales > 0"
order_by = "-net_sales"
[docs]
why = "The SKU has no cost, or one so low that its margin can't be true: every figure that it is part of is too good."
value = "Net sales exposed to the doubtful cost over 28 days. Shown, never counted as money found."
known_problems = "Downloads, gift cards and services rightly have hardly any cost. A shop most of whose SKUs have no cost is told so by data health instead."
source = "METRICS section 1: missing cost is never zero"
--- */
WITH known AS (
  SELECT X_DIV(SUM(CASE WHEN cost_source IN ('line', 'product', 'latest') THEN net_sales ELSE 0 END), SUM(net_sales)) AS share
  FROM ledger
  WHERE in_window AND entry = 'line'
)
SELECT l.sku,
       SUM(l.net_sales) AS loss,
       COUNT(*)         AS n,
       SUM(POWER(CAST(l.net_sales AS DOUBLE), 2)) AS loss_sq,
       X_ACTIVITY(l.ordered_on),
       SUM(l.net_sales) AS net_sales,
       X_DIV(SUM(l.cm1), SUM(l.net_sales)) AS margin,
       X_DIV(-SUM(l.cogs), SUM(l.units))   AS cost_per_unit,
       MIN(l.cost_source) AS cost_source
FROM ledger AS l
CROSS JOIN known AS k
WHERE l.in_window AND l.entry = 'line' AND l.sku IS NOT NULL AND k.share >= 0.5
GROUP BY l.sku
HAVING COUNT(*) >= $min_lines
   AND SUM(l.net_sales) > 0
   AND (X_DIV(SUM(CASE WHEN l.cost_source IN ('line', 'product', 'latest') THEN 0 ELSE l.net_sales END), SUM(l.net_sales)) >= 0.5
        OR SUM(l.cm1) > $margin_limit * SUM(l.net_sales))
