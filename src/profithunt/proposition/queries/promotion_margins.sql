/* ---
what = "What a unit earns at full price around each promotion: of what it is about, of the rest of its categories, of all else; and what comes back without it."
grain = ["promo_id", "role"]
[columns]
promo_id = "text | promotion"
role = "text | scope, siblings or rest"
units = "rate | units sold from the weeks before it to its end, not under it"
returned = "rate | of them returned"
valued_sales = "rate | value at list price of units whose cost is known"
cm2 = "rate | their CM2"
--- */
WITH homes AS (
  SELECT promo_id, category FROM promotion_scopes WHERE category IS NOT NULL GROUP BY promo_id, category
)
SELECT runs.promo_id,
       CASE WHEN scopes.sku IS NOT NULL THEN 'scope' WHEN homes.category IS NOT NULL THEN 'siblings' ELSE 'rest' END AS role,
       SUM(CAST(ledger.units AS DOUBLE)) AS units,
       SUM(CAST(ledger.units_returned AS DOUBLE)) AS returned,
       SUM(CASE WHEN ledger.cm2 IS NOT NULL THEN CAST(ledger.list_sales AS DOUBLE) ELSE 0 END) AS valued_sales,
       SUM(CAST(ledger.cm2 AS DOUBLE)) AS cm2
FROM promotion_runs AS runs
JOIN ledger
  ON ledger.ordered_on >= X_ADD_DAYS(runs.first_on, -CAST($days_before AS INT)) AND ledger.ordered_on <= runs.last_on
LEFT JOIN products ON products.sku = ledger.sku
LEFT JOIN promotion_customers AS customers ON customers.customer_id = ledger.customer_id
LEFT JOIN promotion_scopes AS scopes
  ON scopes.promo_id = runs.promo_id AND scopes.sku = ledger.sku AND scopes.half = COALESCE(customers.half, 0)
LEFT JOIN homes ON homes.promo_id = runs.promo_id AND homes.category = products.category
WHERE ledger.entry = 'line' AND ledger.units > 0 AND (ledger.promo_id IS NULL OR ledger.promo_id <> runs.promo_id)
GROUP BY runs.promo_id,
         CASE WHEN scopes.sku IS NOT NULL THEN 'scope' WHEN homes.category IS NOT NULL THEN 'siblings' ELSE 'rest' END
