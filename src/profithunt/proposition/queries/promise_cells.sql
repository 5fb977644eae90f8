/* ---
what = "Parcels whose promised day is over, by lane, promised days and days that they took: what they cost and earned."
grain = ["origin", "region", "carrier", "is_new", "promised_days", "taken_days"]
[columns]
origin = "text | where it left from"
region = "text | region, else country, delivered to"
carrier = "text | carrier"
is_new = "bool | the first order of a known customer"
promised_days = "int | days from the order to the promised day"
taken_days = "int | days from the order to the delivery; null where it is not there"
n_parcels = "int | parcels"
carriage = "rate | what they cost, shop currency"
charged = "rate | what customers paid for delivery, ex tax"
net_sales = "rate | net sales of their orders"
earned = "rate | contribution (CM2) of their orders"
earned_squared = "rate | sum of its squares"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at FROM order_profit WHERE customer_id IS NOT NULL GROUP BY customer_id
),
sizes AS (
  SELECT order_id, COUNT(*) AS n_parcels FROM defect_parcels WHERE order_id IS NOT NULL GROUP BY order_id
),
sent AS (
  SELECT COALESCE(d.origin, 'all') AS origin,
         COALESCE(d.region, d.country, 'all') AS region,
         COALESCE(d.carrier, 'unnamed') AS carrier,
         CASE WHEN p.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new,
         LEAST(GREATEST(X_DAYS_BETWEEN(d.ordered_on, d.promised_on), 0), $most_days) AS promised_days,
         CASE WHEN d.delivered_on IS NOT NULL
              THEN LEAST(GREATEST(X_DAYS_BETWEEN(d.ordered_on, d.delivered_on), 0), 2 * $most_days) END AS taken_days,
         CAST(parcels.carriage AS DOUBLE) AS carriage,
         X_DIV(p.shipping_income, sizes.n_parcels) AS charged,
         X_DIV(p.net_sales, sizes.n_parcels) AS net_sales,
         X_DIV(p.cm2, sizes.n_parcels) AS earned
  FROM defect_parcels AS d
  INNER JOIN order_profit AS p ON p.order_id = d.order_id
  INNER JOIN sizes ON sizes.order_id = d.order_id
  LEFT JOIN parcels ON parcels.shipment_id = d.shipment_id
  LEFT JOIN firsts ON firsts.customer_id = p.customer_id
  WHERE d.promised_on IS NOT NULL AND d.ordered_on IS NOT NULL AND d.state <> 'open'
    AND d.promised_on > $since AND d.promised_on <= $until
)
SELECT origin, region, carrier, is_new, promised_days, taken_days, COUNT(*) AS n_parcels, SUM(carriage) AS carriage,
       SUM(charged) AS charged, SUM(net_sales) AS net_sales, SUM(earned) AS earned, SUM(earned * earned) AS earned_squared
FROM sent
WHERE earned IS NOT NULL
GROUP BY origin, region, carrier, is_new, promised_days, taken_days
