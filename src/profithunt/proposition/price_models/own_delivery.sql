/* ---
what = "How long the shop's own parcels took over the last 91 days, how many came late, what delivery cost."
grain = []
working = true
[columns]
n_days = "rate | days from order to delivery, mean"
late = "rate | share of promised parcels that came after the promised day"
shipping = "rate | what an order paid for delivery, mean"
n_promised = "int | parcels with a promise"
--- */
WITH parcels AS (
  SELECT AVG(X_DAYS_BETWEEN(X_DAY(orders.ordered_at), X_DAY(shipments.delivered_at))) AS n_days,
         X_DIV(COUNT(CASE WHEN X_DAY(shipments.delivered_at) > X_DAY(shipments.promised_at) THEN 1 END), COUNT(shipments.promised_at)) AS late,
         COUNT(shipments.promised_at) AS n_promised
  FROM shipments
  JOIN orders ON orders.order_id = shipments.order_id
  WHERE shipments.delivered_at IS NOT NULL
    AND X_DAY(orders.ordered_at) > X_ADD_DAYS($as_of, -91) AND X_DAY(orders.ordered_at) <= $as_of
),
charges AS (
  SELECT AVG(CAST(shipping_charged AS DOUBLE)) AS shipping
  FROM orders
  WHERE X_DAY(ordered_at) > X_ADD_DAYS($as_of, -91) AND X_DAY(ordered_at) <= $as_of AND cancelled_at IS NULL
)
SELECT parcels.n_days, parcels.late, charges.shipping, parcels.n_promised
FROM parcels
CROSS JOIN charges
