/* ---
what = "Who buys each SKU: units of a year by kind of customer."
grain = ["sku", "segment"]
[columns]
sku = "text | SKU"
segment = "text | new (a first order), full_price, discount (half of what they buy or more is discounted), guest"
units = "rate | units"
[checks]
unique = true
--- */
WITH line AS (
  SELECT sku, customer_id, is_new_customer_order, CAST(units AS DOUBLE) AS units,
         CASE WHEN discounted THEN CAST(units AS DOUBLE) ELSE 0 END AS discounted_units
  FROM ledger
  WHERE entry = 'line' AND sku IS NOT NULL AND units > 0 AND ordered_on > X_ADD_DAYS($as_of, -364) AND ordered_on <= $as_of
),
habits AS (
  SELECT customer_id, X_DIV(SUM(discounted_units), SUM(units)) AS discounted_share
  FROM line
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
)
SELECT sku, segment, SUM(units) AS units
FROM (
  SELECT line.sku AS sku, line.units AS units,
         CASE WHEN line.customer_id IS NULL THEN 'guest'
              WHEN line.is_new_customer_order THEN 'new'
              WHEN habits.discounted_share >= 0.5 THEN 'discount'
              ELSE 'full_price' END AS segment
  FROM line
  LEFT JOIN habits ON habits.customer_id = line.customer_id
) AS bought
GROUP BY sku, segment
