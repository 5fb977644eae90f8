/* ---
what = "One row per parcel promised for a day that is over: on time, late, or still not there. Nothing open counts as good."
grain = "parcel"
needs = ["shipments.promised_at", "shipments.delivered_at"]
empty_days = "zero"
dimensions = ["carrier", "service", "country"]
live = ["region", "origin", "zone"]
[columns]
order_id = "order, as an example to look at"
late = "delivered after the promised day, lost, or not delivered yet"
late_by_the_hour = "the same by the promised time instead of its day"
days_late = "days after the promised day, of parcels delivered late"
lost = "lost | shipments.lost"
damaged = "damaged | shipments.damaged"
failed = "late, lost or damaged"
early_days = "days before the promised day, of parcels delivered early"
--- */
SELECT X_DAY(shipments.promised_at) AS day,
       shipments.order_id AS order_id,
       shipments.carrier AS carrier,
       shipments.service AS service,
       COALESCE(shipments.country, orders.country) AS country,
       COALESCE(shipments.region, orders.region) AS region,
       shipments.origin AS origin,
       shipments.zone AS zone,
       COALESCE(shipments.lost, FALSE) OR COALESCE(X_DAY(shipments.delivered_at) > X_DAY(shipments.promised_at), TRUE) AS late,
       COALESCE(shipments.lost, FALSE) OR COALESCE(shipments.delivered_at > shipments.promised_at, TRUE) AS late_by_the_hour,
       CASE WHEN X_DAY(shipments.delivered_at) > X_DAY(shipments.promised_at)
            THEN X_DAYS_BETWEEN(X_DAY(shipments.promised_at), X_DAY(shipments.delivered_at)) END AS days_late,
       COALESCE(shipments.lost, FALSE) AS lost,
       COALESCE(shipments.damaged, FALSE) AS damaged,
       COALESCE(shipments.lost, FALSE) OR COALESCE(shipments.damaged, FALSE)
         OR COALESCE(X_DAY(shipments.delivered_at) > X_DAY(shipments.promised_at), TRUE) AS failed,
       CASE WHEN X_DAY(shipments.delivered_at) <= X_DAY(shipments.promised_at)
            THEN X_DAYS_BETWEEN(X_DAY(shipments.delivered_at), X_DAY(shipments.promised_at)) END AS early_days
FROM shipments
LEFT JOIN orders ON orders.order_id = shipments.order_id
WHERE shipments.promised_at IS NOT NULL
  AND X_DAY(shipments.promised_at) < $as_of
  AND orders.cancelled_at IS NULL
