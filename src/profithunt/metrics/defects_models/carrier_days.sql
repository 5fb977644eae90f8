/* ---
what = "Parcels handed to each carrier by service, region and day, and what it can take."
grain = ["on", "carrier", "service", "region"]
[columns]
on = "date | day"
carrier = "text | carrier"
service = "text | service level, or all"
region = "text | region, else country, delivered to"
n_parcels = "int | parcels handed over"
capacity = "quantity | parcels that it can take; null where nothing says so"
--- */
WITH sent AS (
  SELECT X_DAY(shipments.dispatched_at) AS day, COALESCE(shipments.carrier, 'unnamed') AS carrier,
         COALESCE(shipments.service, 'all') AS service,
         COALESCE(shipments.region, orders.region, shipments.country, orders.country, 'all') AS region, COUNT(*) AS n_parcels
  FROM shipments
  LEFT JOIN orders ON orders.order_id = shipments.order_id
  WHERE shipments.dispatched_at IS NOT NULL
  GROUP BY X_DAY(shipments.dispatched_at), COALESCE(shipments.carrier, 'unnamed'), COALESCE(shipments.service, 'all'),
           COALESCE(shipments.region, orders.region, shipments.country, orders.country, 'all')
),
room AS (
  SELECT "on" AS day, carrier, COALESCE(service, 'all') AS service, COALESCE(region, 'all') AS region, SUM(capacity) AS capacity
  FROM carrier_capacity
  GROUP BY "on", carrier, COALESCE(service, 'all'), COALESCE(region, 'all')
)
SELECT sent.day AS "on", sent.carrier, sent.service, sent.region, sent.n_parcels, room.capacity
FROM sent
LEFT JOIN room ON room.day = sent.day AND room.carrier = sent.carrier AND room.service = sent.service AND room.region = sent.region
