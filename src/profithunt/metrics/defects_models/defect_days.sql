/* ---
what = "Deliveries, opportunities and defects by day, of the whole shop and by each dimension."
grain = ["dimension", "member", "on"]
[columns]
dimension = "text | dimension; null for the whole shop"
member = "text | member, or unallocated"
on = "date | promised day of the parcel (else delivery, dispatch); day of the order for what concerns the order"
n_parcels = "int | parcels whose fate is known"
n_failed = "int | parcels with any defect"
n_open = "int | parcels of which nothing can be said yet"
n_late_already = "int | parcels not there though the promised day is over; they are among the failed"
n_opportunities = "int | defects that parcels and orders could have had"
n_defects = "int | defects that they had"
n_orders = "int | orders whose fate is known"
n_orders_failed = "int | orders with anything wrong"
--- */
WITH events AS (
  SELECT "on", carrier, service, lane, origin, country, region, store, supplier,
         CASE WHEN failed IS NULL THEN 0 ELSE 1 END AS parcel, COALESCE(failed, 0) AS failed,
         CASE WHEN state = 'open' THEN 1 ELSE 0 END AS open, CASE WHEN state = 'late_already' THEN 1 ELSE 0 END AS late_already,
         n_opportunities AS opportunities, n_defects AS defects, 0 AS placed, 0 AS order_failed
  FROM defect_parcels
  UNION ALL
  SELECT ordered_on, carrier, service, lane, origin, country, region, store, supplier, 0, 0, 0, 0,
         CASE WHEN cancelled_by_retailer IS NULL THEN 0 ELSE 1 END + CASE WHEN avoidable_contact IS NULL THEN 0 ELSE 1 END,
         COALESCE(cancelled_by_retailer, 0) + COALESCE(avoidable_contact, 0),
         CASE WHEN failed IS NULL THEN 0 ELSE 1 END, COALESCE(failed, 0)
  FROM defect_orders
),
cut AS (
  SELECT CASE WHEN GROUPING(carrier) = 0 THEN 'carrier' WHEN GROUPING(service) = 0 THEN 'service' WHEN GROUPING(lane) = 0 THEN 'lane'
              WHEN GROUPING(origin) = 0 THEN 'origin' WHEN GROUPING(country) = 0 THEN 'country' WHEN GROUPING(region) = 0 THEN 'region'
              WHEN GROUPING(store) = 0 THEN 'store' WHEN GROUPING(supplier) = 0 THEN 'supplier' END AS dimension,
         CASE WHEN GROUPING(carrier) = 0 THEN carrier WHEN GROUPING(service) = 0 THEN service WHEN GROUPING(lane) = 0 THEN lane
              WHEN GROUPING(origin) = 0 THEN origin WHEN GROUPING(country) = 0 THEN country WHEN GROUPING(region) = 0 THEN region
              WHEN GROUPING(store) = 0 THEN store WHEN GROUPING(supplier) = 0 THEN supplier END AS member,
         "on",
         SUM(parcel) AS n_parcels, SUM(failed) AS n_failed, SUM(open) AS n_open, SUM(late_already) AS n_late_already,
         SUM(opportunities) AS n_opportunities, SUM(defects) AS n_defects, SUM(placed) AS n_orders, SUM(order_failed) AS n_orders_failed
  FROM events
  WHERE "on" IS NOT NULL
  GROUP BY GROUPING SETS (("on"), ("on", carrier), ("on", service), ("on", lane), ("on", origin), ("on", country), ("on", region),
                          ("on", store), ("on", supplier))
)
SELECT dimension, CASE WHEN dimension IS NULL THEN NULL ELSE COALESCE(member, 'unallocated') END AS member, "on",
       n_parcels, n_failed, n_open, n_late_already, n_opportunities, n_defects, n_orders, n_orders_failed
FROM cut
