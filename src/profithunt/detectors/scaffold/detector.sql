/* ---
code = "OWN{number}"
number = {number}
name = "{name}"
level = "sku"
entity = ["sku"]
owner = "merchandising"
action = "find_the_cause"
reversible = true
statistic = "ratio"
outlier = 0.9
needs = ["ledger.refunds"]
[thresholds]
min_units = 20
[docs]
why = "More of what this SKU sells is refunded than of its peers."
value = "Refunds above the median of the category, for each unit of list sales, × the list sales to expect in 28 days."
known_problems = "A batch that was bad once; a SKU that was just launched."
--- */
SELECT l.sku,
       COALESCE(MAX(p.category), '') AS peers,
       X_MOMENTS(-l.refunds, l.list_sales),
       X_ACTIVITY(l.ordered_on),
       SUM(l.units)     AS units,
       -SUM(l.refunds)  AS refunded
FROM ledger AS l
LEFT JOIN products AS p ON p.sku = l.sku
WHERE l.in_window AND l.entry = 'line' AND l.sku IS NOT NULL
GROUP BY l.sku
HAVING SUM(l.units) >= $min_units AND SUM(l.list_sales) > 0
