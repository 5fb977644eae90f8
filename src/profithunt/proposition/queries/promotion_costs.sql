/* ---
what = "What sending each promotion out cost, and to how many; null where no cost of it is known."
grain = ["promo_id"]
[columns]
promo_id = "text | promotion"
n_sent = "int | customers it was sent to"
cost = "rate | cost of sending"
--- */
WITH labels AS (
  SELECT promo_id, promo_id AS label FROM promotions
  UNION
  SELECT promo_id, name AS label FROM promotions WHERE name IS NOT NULL
)
SELECT runs.promo_id, COUNT(DISTINCT touches.customer_id) AS n_sent, CAST(SUM(touches.cost) AS DOUBLE) AS cost
FROM touches
JOIN labels ON labels.label = touches.campaign
JOIN promotion_runs AS runs ON runs.promo_id = labels.promo_id
LEFT JOIN promotions ON promotions.promo_id = runs.promo_id
WHERE touches.kind = 'send'
  AND X_DAY(touches.touched_at) >= X_ADD_DAYS(LEAST(COALESCE(X_DAY(promotions.starts_at), runs.first_on), runs.first_on), -28)
  AND X_DAY(touches.touched_at) <= runs.last_on
GROUP BY runs.promo_id
