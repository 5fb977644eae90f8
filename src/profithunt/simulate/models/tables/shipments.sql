/* ---
what = "shipments"
grain = ["shipment_id"]
[columns]
shipment_id = "text | parcel"
order_id = "text | order"
carrier = "text | carrier"
service = "text | service"
origin = "text | origin"
country = "text | country"
region = "text | region"
postcode = "text | postcode"
zone = "text | price zone"
dispatched_at = "timestamp | dispatched"
dispatch_due_at = "timestamp | due"
promised_at = "timestamp | promised"
delivered_at = "timestamp | delivered"
attempts = "int | attempts"
shipping_cost = "money | by the rate card"
billed_cost = "money | as billed"
weight_kg = "rate | weight"
tracked = "bool | tracked"
lost = "bool | lost"
damaged = "bool | damaged"
--- */
SELECT CONCAT('S', CAST(10000000000 + MOD((p.order_no * 2 + p.parcel_no) * 48271 + 17, 34359738337) AS TEXT)) AS shipment_id,
       CONCAT('O', CAST(10000000000 + MOD(p.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       c.carrier,
       b.delivery AS service,
       w.store_id AS origin,
       r.country, r.region,
       CAST(10000 + b.region_no * 7000 + MOD(b.postcode_no, 25) * 211 AS TEXT) AS postcode,
       p.zone,
       X_ADD_SECONDS(CAST(p.dispatched_on AS TIMESTAMP), 50400 + X_DRAW(14400, 'parcel.second', p.order_no, p.parcel_no)) AS dispatched_at,
       X_ADD_SECONDS(CAST(p.due_on AS TIMESTAMP), 64800) AS dispatch_due_at,
       X_ADD_SECONDS(CAST(p.promised_on AS TIMESTAMP), 72000) AS promised_at,
       CASE WHEN p.arrived_no < $n_days AND NOT p.lost
            THEN X_ADD_SECONDS(CAST(p.delivered_on AS TIMESTAMP), 30000 + X_DRAW(36000, 'parcel.door', p.order_no, p.parcel_no)) END AS delivered_at,
       p.attempts,
       p.shipping_cost,
       p.billed_cost,
       p.weight_kg,
       X_UNIFORM('parcel.tracked', p.order_no, p.parcel_no) < 0.985 AS tracked,
       p.lost AND p.arrived_no < $n_days AS lost,
       p.damaged AND p.arrived_no < $n_days AS damaged
FROM parcels AS p
INNER JOIN baskets AS b ON b.world = p.world AND b.order_no = p.order_no
INNER JOIN carriers AS c ON c.carrier_no = p.carrier_no
INNER JOIN places AS w ON w.place_no = p.origin_no
INNER JOIN regions AS r ON r.region_no = b.region_no
WHERE X_ADD_DAYS($starts_on, $n_days) > p.dispatched_on
