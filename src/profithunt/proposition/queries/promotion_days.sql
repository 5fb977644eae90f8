/* ---
what = "Days by category before, during and after each promotion on which no other promotion reached the category."
grain = ["promo_id", "category", "part"]
[columns]
promo_id = "text | promotion"
category = "text | category"
part = "text | before, during or after"
n_days = "int | days"
--- */
WITH homes AS (
  SELECT promo_id, category FROM promotion_scopes
  WHERE level <> 'wide' AND category IS NOT NULL
  GROUP BY promo_id, category
),
days AS (
  SELECT ordered_on FROM ledger WHERE entry = 'line' GROUP BY ordered_on
),
busy AS (
  SELECT homes.category AS category, days.ordered_on AS ordered_on, COUNT(DISTINCT homes.promo_id) AS n_promotions
  FROM homes
  JOIN promotion_runs AS runs ON runs.promo_id = homes.promo_id AND NOT runs.is_ongoing
  JOIN days ON days.ordered_on >= runs.first_on AND days.ordered_on <= runs.last_on
  GROUP BY homes.category, days.ordered_on
),
categories AS (
  SELECT category FROM products WHERE category IS NOT NULL GROUP BY category
)
SELECT runs.promo_id, categories.category,
       CASE WHEN days.ordered_on < runs.first_on THEN 'before'
            WHEN days.ordered_on <= runs.last_on THEN 'during' ELSE 'after' END AS part,
       COUNT(*) AS n_days
FROM promotion_runs AS runs
CROSS JOIN categories
JOIN days
  ON days.ordered_on >= X_ADD_DAYS(runs.first_on, -CAST($days_before AS INT))
  AND days.ordered_on <= X_ADD_DAYS(runs.last_on, CAST($days_after AS INT))
LEFT JOIN homes ON homes.promo_id = runs.promo_id AND homes.category = categories.category
LEFT JOIN busy ON busy.category = categories.category AND busy.ordered_on = days.ordered_on
WHERE NOT runs.is_ongoing AND runs.has_before
  AND COALESCE(busy.n_promotions, 0)
    - CASE WHEN homes.category IS NOT NULL AND days.ordered_on >= runs.first_on AND days.ordered_on <= runs.last_on
           THEN 1 ELSE 0 END = 0
GROUP BY runs.promo_id, categories.category,
         CASE WHEN days.ordered_on < runs.first_on THEN 'before'
              WHEN days.ordered_on <= runs.last_on THEN 'during' ELSE 'after' END
