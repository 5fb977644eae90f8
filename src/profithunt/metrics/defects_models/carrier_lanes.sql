/* ---
what = "The scorecard of each carrier, service and region: quality, cost, speed, demand against capacity."
grain = ["carrier", "service", "region"]
[columns]
carrier = "text | carrier"
service = "text | service level, or all"
region = "text | region, else country, delivered to"
n_parcels = "int | parcels"
n_known = "int | parcels whose fate is known"
n_failed = "int | of those, with any defect"
n_late = "int | late"
n_opportunities = "int | defects that they could have had"
n_defects = "int | defects that they had"
cost_per_parcel = "rate | carriage, shop currency"
cost_squares = "rate | mean square of it"
weight_kg = "rate | mean weight"
days_p50 = "rate | days from dispatch to delivery, median"
days_p90 = "rate | the same, slowest tenth"
n_days = "int | days with parcels"
demand_mean = "rate | parcels a day with parcels"
demand_p90 = "rate | parcels on the busiest tenth of days"
demand_max = "int | parcels on the busiest day"
capacity_mean = "rate | parcels that it can take a day; null where nothing says so"
n_days_known = "int | days whose capacity is known"
n_days_over = "int | days with more parcels than it can take"
first_on = "date | first dispatch"
last_on = "date | last dispatch"
--- */
WITH parcels_of AS (
  SELECT COALESCE(shipments.carrier, 'unnamed') AS carrier, COALESCE(shipments.service, 'all') AS service,
         COALESCE(d.region, d.country, 'all') AS region,
         d.failed, d.late, d.n_opportunities, d.n_defects,
         CAST(parcels.carriage AS DOUBLE) AS cost, CAST(shipments.weight_kg AS DOUBLE) AS weight_kg,
         X_DAYS_BETWEEN(X_DAY(shipments.dispatched_at), X_DAY(shipments.delivered_at)) AS days
  FROM shipments
  JOIN defect_parcels AS d ON d.shipment_id = shipments.shipment_id
  LEFT JOIN parcels ON parcels.shipment_id = shipments.shipment_id
),
quality AS (
  SELECT carrier, service, region, COUNT(*) AS n_parcels, COUNT(failed) AS n_known, SUM(COALESCE(failed, 0)) AS n_failed,
         SUM(COALESCE(late, 0)) AS n_late, SUM(n_opportunities) AS n_opportunities, SUM(n_defects) AS n_defects,
         AVG(cost) AS cost_per_parcel, AVG(cost * cost) AS cost_squares, AVG(weight_kg) AS weight_kg,
         X_PERCENTILE(days, 0.5) AS days_p50, X_PERCENTILE(days, 0.9) AS days_p90
  FROM parcels_of
  GROUP BY carrier, service, region
),
demand AS (
  SELECT carrier, service, region, COUNT(*) AS n_days, AVG(n_parcels) AS demand_mean, X_PERCENTILE(n_parcels, 0.9) AS demand_p90,
         MAX(n_parcels) AS demand_max, AVG(CAST(capacity AS DOUBLE)) AS capacity_mean, COUNT(capacity) AS n_days_known,
         COUNT(CASE WHEN n_parcels > capacity THEN 1 END) AS n_days_over, MIN("on") AS first_on, MAX("on") AS last_on
  FROM carrier_days
  GROUP BY carrier, service, region
)
SELECT q.carrier, q.service, q.region, q.n_parcels, q.n_known, q.n_failed, q.n_late, q.n_opportunities, q.n_defects,
       q.cost_per_parcel, q.cost_squares, q.weight_kg, q.days_p50, q.days_p90,
       d.n_days, d.demand_mean, d.demand_p90, d.demand_max, d.capacity_mean, d.n_days_known, d.n_days_over, d.first_on, d.last_on
FROM quality AS q
LEFT JOIN demand AS d ON d.carrier = q.carrier AND d.service = q.service AND d.region = q.region
