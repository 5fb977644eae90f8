/* ---
what = "Sales by category before, during and after each promotion that most of a category, subcategory or SKU was sold under; days with another such promotion left out."
grain = ["promo_id", "role", "category", "segment", "part"]
[columns]
promo_id = "text | promotion"
role = "text | scope, siblings or control"
category = "text | category"
segment = "text | kind of customer"
part = "text | before, during or after"
worth = "rate | value at list price"
squares = "rate | sum of the squares of lines' values"
--- */
WITH homes AS (
  SELECT promo_id, category FROM promotion_scopes
  WHERE level <> 'wide' AND category IS NOT NULL
  GROUP BY promo_id, category
),
busy AS (
  SELECT homes.category AS category, days.ordered_on AS ordered_on, COUNT(DISTINCT homes.promo_id) AS n_promotions
  FROM homes
  JOIN promotion_runs AS runs ON runs.promo_id = homes.promo_id AND NOT runs.is_ongoing
  JOIN (SELECT ordered_on FROM ledger WHERE entry = 'line' GROUP BY ordered_on) AS days
    ON days.ordered_on >= runs.first_on AND days.ordered_on <= runs.last_on
  GROUP BY homes.category, days.ordered_on
),
judged AS (
  SELECT runs.promo_id AS promo_id, runs.first_on AS first_on, runs.last_on AS last_on
  FROM promotion_runs AS runs
  WHERE NOT runs.is_ongoing AND runs.has_before AND runs.promo_id IN (SELECT promo_id FROM homes)
)
SELECT judged.promo_id,
       CASE WHEN scopes.sku IS NOT NULL THEN 'scope' WHEN homes.category IS NOT NULL THEN 'siblings' ELSE 'control' END AS role,
       products.category,
       COALESCE(members.segment, 'new') AS segment,
       CASE WHEN ledger.ordered_on < judged.first_on THEN 'before'
            WHEN ledger.ordered_on <= judged.last_on THEN 'during' ELSE 'after' END AS part,
       SUM(CAST(ledger.list_sales AS DOUBLE)) AS worth,
       SUM(CAST(ledger.list_sales AS DOUBLE) * CAST(ledger.list_sales AS DOUBLE)) AS squares
FROM judged
JOIN ledger
  ON ledger.ordered_on >= X_ADD_DAYS(judged.first_on, -CAST($days_before AS INT))
  AND ledger.ordered_on <= X_ADD_DAYS(judged.last_on, CAST($days_after AS INT))
JOIN products ON products.sku = ledger.sku
LEFT JOIN promotion_scopes AS scopes
  ON scopes.promo_id = judged.promo_id AND scopes.sku = ledger.sku AND scopes.half = 0
LEFT JOIN homes ON homes.promo_id = judged.promo_id AND homes.category = products.category
LEFT JOIN busy ON busy.category = products.category AND busy.ordered_on = ledger.ordered_on
LEFT JOIN promotion_members AS members
  ON members.promo_id = judged.promo_id AND members.customer_id = ledger.customer_id
WHERE ledger.entry = 'line' AND ledger.units > 0 AND products.category IS NOT NULL
  AND COALESCE(busy.n_promotions, 0)
    - CASE WHEN homes.category IS NOT NULL AND ledger.ordered_on >= judged.first_on AND ledger.ordered_on <= judged.last_on
           THEN 1 ELSE 0 END = 0
GROUP BY judged.promo_id,
         CASE WHEN scopes.sku IS NOT NULL THEN 'scope' WHEN homes.category IS NOT NULL THEN 'siblings' ELSE 'control' END,
         products.category, COALESCE(members.segment, 'new'),
         CASE WHEN ledger.ordered_on < judged.first_on THEN 'before'
              WHEN ledger.ordered_on <= judged.last_on THEN 'during' ELSE 'after' END
