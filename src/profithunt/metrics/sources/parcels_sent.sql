/* ---
what = "One row per parcel, by the day that it was handed to the carrier."
grain = "parcel"
needs = ["shipments.dispatched_at"]
dimensions = ["carrier", "service", "country"]
live = ["region", "origin", "zone"]
[columns]
order_id = "order, as an example to look at"
hours_to_dispatch = "hours from order to dispatch"
sent_late = "handed over after the time it was due | shipments.dispatch_due_at"
has_due = "has a time by which it was due | shipments.dispatch_due_at"
tracked = "had valid tracking | shipments.tracked"
tracking_known = "whether it had tracking is known | shipments.tracked"
cost = "cost as billed, else by the rate card | shipments.billed_cost | shipments.shipping_cost"
billed_above_card = "what the carrier billed above the rate card | shipments.billed_cost"
card_cost = "cost by the rate card, of parcels that were billed too | shipments.shipping_cost"
weight_kg = "weight | shipments.weight_kg"
--- */
SELECT X_DAY(shipments.dispatched_at) AS day,
       shipments.order_id AS order_id,
       shipments.carrier AS carrier,
       shipments.service AS service,
       COALESCE(shipments.country, orders.country) AS country,
       COALESCE(shipments.region, orders.region) AS region,
       shipments.origin AS origin,
       shipments.zone AS zone,
       CAST(DATE_DIFF('minute', DATE_TRUNC('minute', orders.ordered_at), DATE_TRUNC('minute', shipments.dispatched_at)) AS DOUBLE) / 60 AS hours_to_dispatch,
       shipments.dispatched_at > shipments.dispatch_due_at AS sent_late,
       shipments.dispatch_due_at IS NOT NULL AS has_due,
       shipments.tracked AS tracked,
       shipments.tracked IS NOT NULL AS tracking_known,
       COALESCE(shipments.billed_cost, shipments.shipping_cost) AS cost,
       shipments.billed_cost - shipments.shipping_cost AS billed_above_card,
       CASE WHEN shipments.billed_cost IS NOT NULL THEN shipments.shipping_cost END AS card_cost,
       shipments.weight_kg AS weight_kg
FROM shipments
LEFT JOIN orders ON orders.order_id = shipments.order_id
WHERE shipments.dispatched_at IS NOT NULL
