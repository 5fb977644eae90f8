/* ---
what = "Customers whom an overstocked SKU suits: how they answer discounts, and whether they may be written to now."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
discounted_share = "rate | share of what they buy that is discounted, pulled towards the shop's as by four lines"
shop_share = "rate | the shop's"
last_sent_on = "date | day of the last send; null where none is known"
email_opt_in = "bool | may be written to, as far as it is known"
[checks]
unique = true
--- */
WITH line AS (
  SELECT customer_id, CASE WHEN discounted THEN 1.0 ELSE 0.0 END AS is_discounted
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND customer_id IS NOT NULL AND ordered_on > X_ADD_DAYS($as_of, -364) AND ordered_on <= $as_of
),
shop AS (
  SELECT COALESCE(AVG(is_discounted), 0) AS share FROM line
),
wanted AS (
  SELECT DISTINCT customer_id FROM affinity
),
habits AS (
  SELECT customer_id, SUM(is_discounted) AS n_discounted, COUNT(*) AS n FROM line GROUP BY customer_id
),
sends AS (
  SELECT customer_id, MAX(X_DAY(touched_at)) AS last_sent_on
  FROM touches
  WHERE kind = 'send' AND customer_id IS NOT NULL AND X_DAY(touched_at) <= $as_of
  GROUP BY customer_id
)
SELECT wanted.customer_id AS customer_id,
       (COALESCE(habits.n_discounted, 0) + 4 * shop.share) / (COALESCE(habits.n, 0) + 4) AS discounted_share,
       shop.share AS shop_share,
       sends.last_sent_on AS last_sent_on,
       customers.email_opt_in AS email_opt_in
FROM wanted
CROSS JOIN shop
LEFT JOIN habits ON habits.customer_id = wanted.customer_id
LEFT JOIN sends ON sends.customer_id = wanted.customer_id
LEFT JOIN customers ON customers.customer_id = wanted.customer_id
