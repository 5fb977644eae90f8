/* ---
code = "SKU22"
number = 22
name = "cannot_make_a_profit"
level = "sku"
entity = ["sku"]
owner = "buying"
reversible = false
action = "delist_or_repack"
statistic = "ratio"
direction = "low"
window_days = 364
vetoed_by = ["gateway_product"]
needs = ["ledger.cogs"]
[thresholds]
min_units = 30
[rows]
where = "in_window AND cm2 < 0"
order_by = "cm2"
[docs]
why = "Each unit sold adds a loss: contribution after goods, delivery, fees and returns (CM2) is below zero."
value = "Loss (CM2) as a share of list sales, held against the SKUs of its category, × the list sales to expect in 28 days."
known_problems = "Stale unit costs; deliberate loss leaders; a SKU that brings customers worth having is left out by the gateway products."
source = "METRICS sections 1 and 6"
--- */
SELECT l.sku,
       COALESCE(MAX(p.category), '') AS peers,
       X_MOMENTS(l.cm2, l.list_sales),
       X_ACTIVITY(l.ordered_on),
       0                 AS benchmark,
       SUM(l.units)      AS units,
       SUM(l.net_sales)  AS net_sales,
       SUM(l.cm2)        AS cm2,
       X_DIV(SUM(l.cm2), SUM(l.units))        AS cm2_per_unit,
       X_DIV(SUM(l.net_sales), SUM(l.units))  AS net_sales_per_unit,
       X_DIV(-SUM(l.cogs), SUM(l.units))      AS cost_per_unit,
       X_DIV(-SUM(l.fulfilment + l.carriage + l.fees), SUM(l.units)) AS delivery_per_unit,
       X_DIV(-SUM(l.refunds + l.return_costs), SUM(l.units))         AS returns_per_unit,
       X_DIV(SUM(CASE WHEN l.cost_source = 'assumed' THEN l.net_sales ELSE 0 END), SUM(l.net_sales)) AS assumed_share
FROM ledger AS l
LEFT JOIN products AS p ON p.sku = l.sku
WHERE l.in_window AND l.sku IS NOT NULL
GROUP BY l.sku
HAVING SUM(l.units) >= $min_units AND SUM(l.list_sales) > 0
