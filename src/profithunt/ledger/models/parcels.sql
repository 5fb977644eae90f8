/* ---
what = "Each parcel with its order and its cost: as billed, else by the rate card, else the rate per parcel."
grain = ["shipment_id"]
empty_with = ["shipments"]
dirty_key = "shipment_id"
[columns]
shipment_id = "text | parcel"
order_id = "text | order, null where the order is not there"
carrier = "text | carrier"
country = "text | country"
region = "text | region"
shipped_on = "date | day of dispatch, else of delivery"
carriage = "money | cost of the parcel"
[dirty]
orders = "SELECT shipments.shipment_id FROM shipments JOIN changed ON changed.order_id = shipments.order_id"
day_rates = """
SELECT shipments.shipment_id FROM shipments
JOIN (SELECT day FROM changed GROUP BY day) AS days ON days.day = X_DAY(shipments.dispatched_at)
UNION ALL
SELECT shipments.shipment_id FROM orders
JOIN (SELECT day FROM changed GROUP BY day) AS days ON days.day = X_DAY(orders.ordered_at)
JOIN shipments ON shipments.order_id = orders.order_id AND shipments.dispatched_at IS NULL
"""
[reads]
orders = { order_id = "SELECT shipments.order_id FROM shipments JOIN dirty ON dirty.shipment_id = shipments.shipment_id" }
--- */
SELECT shipments.shipment_id AS shipment_id,
       orders.order_id AS order_id,
       shipments.carrier AS carrier,
       shipments.country AS country,
       shipments.region AS region,
       X_DAY(COALESCE(shipments.dispatched_at, shipments.delivered_at, orders.ordered_at)) AS shipped_on,
       X_MONEY(COALESCE(
         shipments.billed_cost, shipments.shipping_cost, by_carrier.parcel, everywhere.parcel
       )) AS carriage
FROM shipments
LEFT JOIN orders ON orders.order_id = shipments.order_id
LEFT JOIN day_rates AS everywhere
  ON everywhere.day = X_DAY(COALESCE(shipments.dispatched_at, orders.ordered_at)) AND everywhere.dimension = ''
LEFT JOIN day_rates AS by_carrier
  ON by_carrier.day = X_DAY(COALESCE(shipments.dispatched_at, orders.ordered_at))
  AND by_carrier.dimension = 'carrier'
  AND by_carrier.member = shipments.carrier
