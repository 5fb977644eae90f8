/* ---
what = "One row per parcel, by the day that it was delivered."
grain = "parcel"
needs = ["shipments.delivered_at"]
dimensions = ["carrier", "service", "country"]
live = ["region", "origin", "zone"]
[columns]
order_id = "order, as an example to look at"
days_to_door = "days from order to delivery, in parts of a day"
days_in_transit = "days from dispatch to delivery, in parts of a day | shipments.dispatched_at"
attempts = "delivery attempts | shipments.attempts"
first_time = "delivered at the first attempt | shipments.attempts"
damaged = "damaged | shipments.damaged"
--- */
SELECT X_DAY(shipments.delivered_at) AS day,
       shipments.order_id AS order_id,
       shipments.carrier AS carrier,
       shipments.service AS service,
       COALESCE(shipments.country, orders.country) AS country,
       COALESCE(shipments.region, orders.region) AS region,
       shipments.origin AS origin,
       shipments.zone AS zone,
       CAST(DATE_DIFF('minute', DATE_TRUNC('minute', orders.ordered_at), DATE_TRUNC('minute', shipments.delivered_at)) AS DOUBLE) / 1440 AS days_to_door,
       CAST(DATE_DIFF('minute', DATE_TRUNC('minute', shipments.dispatched_at), DATE_TRUNC('minute', shipments.delivered_at)) AS DOUBLE) / 1440 AS days_in_transit,
       shipments.attempts AS attempts,
       shipments.attempts = 1 AS first_time,
       COALESCE(shipments.damaged, FALSE) AS damaged
FROM shipments
LEFT JOIN orders ON orders.order_id = shipments.order_id
WHERE shipments.delivered_at IS NOT NULL
