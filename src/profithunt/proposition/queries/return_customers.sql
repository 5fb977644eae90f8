/* ---
what = "Customers by how they returned: serial (far more than others), all others; who had fewer than two orders is in neither."
grain = ["customer_id"]
working = true
[columns]
customer_id = "text | customer"
segment = "text | serial, seldom or others"
--- */
WITH sums AS (
  SELECT customer_id, SUM(CAST(units AS DOUBLE)) AS units, SUM(CAST(units_returned AS DOUBLE)) AS units_returned,
         COUNT(DISTINCT order_id) AS n_orders
  FROM ledger
  WHERE entry = 'line' AND customer_id IS NOT NULL AND units > 0
    AND ordered_on > $since AND ordered_on <= $until
  GROUP BY customer_id
),
usual AS (
  SELECT X_PERCENTILE(X_DIV(units_returned, units), 0.95) AS share
  FROM sums
  WHERE units >= $min_units
)
SELECT sums.customer_id,
       CASE
         WHEN sums.units >= $min_units AND X_DIV(sums.units_returned, sums.units) >= GREATEST(usual.share, $least_share) THEN 'serial'
         WHEN sums.n_orders = 1 THEN 'seldom'
         ELSE 'others'
       END AS segment
FROM sums
CROSS JOIN usual
