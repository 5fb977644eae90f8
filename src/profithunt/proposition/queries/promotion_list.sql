/* ---
what = "Promotions that are judged, with what they are about."
grain = ["promo_id"]
[columns]
promo_id = "text | promotion"
name = "text | name"
kind = "text | kind"
mechanic = "text | how it works"
first_on = "date | first day judged"
last_on = "date | last day judged"
is_ongoing = "bool | runs so long that no time without it lies near"
has_before = "bool | the weeks before it are known"
level = "text | category, subcategory, sku, wide"
n_skus = "int | SKUs that it is about"
category = "text | a category of them"
--- */
WITH about AS (
  SELECT promo_id, MIN(level) AS level, COUNT(DISTINCT sku) AS n_skus, MIN(category) AS category
  FROM promotion_scopes
  GROUP BY promo_id
)
SELECT runs.promo_id, runs.name, runs.kind, runs.mechanic, runs.first_on, runs.last_on, runs.is_ongoing, runs.has_before,
       about.level, about.n_skus, about.category
FROM promotion_runs AS runs
LEFT JOIN about ON about.promo_id = runs.promo_id
ORDER BY runs.place
