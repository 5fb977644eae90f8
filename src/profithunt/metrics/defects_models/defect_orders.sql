/* ---
what = "One row per order that was not cancelled by its customer: whether all of it was right."
grain = ["order_id"]
[columns]
order_id = "text | order"
customer_id = "text | customer, null for a guest"
ordered_on = "date | day of the order"
channel = "text | channel"
country = "text | country"
region = "text | region"
store = "text | store"
supplier = "text | supplier, where all its parcels have the same"
carrier = "text | carrier, where all its parcels have the same"
service = "text | service level, likewise"
origin = "text | origin, likewise"
lane = "text | lane, likewise"
n_parcels = "int | parcels"
n_open = "int | parcels of which nothing can be said yet"
late = "int | 1 a parcel was late; null where none is known"
early = "int | 1 a parcel was unwelcomely early"
failed_attempt = "int | 1 a first attempt failed"
lost = "int | 1 a parcel was lost"
damaged = "int | 1 a parcel was damaged"
missing_item = "int | 1 an item was missing"
wrong_item = "int | 1 a wrong item came"
wrong_address = "int | 1 wrong address"
not_received = "int | 1 delivered, but not received"
other = "int | 1 a defect of the retailer's own kind"
cancelled_by_retailer = "int | 1 the retailer cancelled some of it; null where no reason of a cancellation is known"
avoidable_contact = "int | 1 the customer had to ask; null where no contact is known"
failed = "int | 1 anything was wrong, 0 all of it was right, null while a parcel is open"
[checks]
unique = true
--- */
WITH parcels_of AS (
  SELECT order_id,
         CASE WHEN MIN(supplier) = MAX(supplier) THEN MIN(supplier) END AS supplier,
         CASE WHEN MIN(carrier) = MAX(carrier) THEN MIN(carrier) END AS carrier,
         CASE WHEN MIN(service) = MAX(service) THEN MIN(service) END AS service,
         CASE WHEN MIN(origin) = MAX(origin) THEN MIN(origin) END AS origin,
         CASE WHEN MIN(lane) = MAX(lane) THEN MIN(lane) END AS lane,
         MIN(region) AS region, MIN(country) AS country,
         COUNT(*) AS n_parcels,
         COUNT(CASE WHEN failed IS NULL THEN 1 END) AS n_open,
         MAX(late) AS late, MAX(early) AS early, MAX(failed_attempt) AS failed_attempt, MAX(lost) AS lost,
         MAX(damaged) AS damaged, MAX(missing_item) AS missing_item, MAX(wrong_item) AS wrong_item,
         MAX(wrong_address) AS wrong_address, MAX(not_received) AS not_received, MAX(other) AS other, MAX(failed) AS failed
  FROM defect_parcels
  WHERE order_id IS NOT NULL
  GROUP BY order_id
),
lines AS (
  SELECT order_lines.order_id AS order_id,
         COUNT(order_lines.cancel_reason) AS n_reasons,
         MAX(CASE WHEN order_lines.cancelled_quantity > 0 AND order_lines.cancel_reason IS NOT NULL
                       AND NOT LOWER(order_lines.cancel_reason) LIKE '%customer%' THEN 1 ELSE 0 END) AS by_retailer,
         MIN(CASE WHEN order_lines.cancelled_quantity >= order_lines.quantity THEN 1 ELSE 0 END) AS all_cancelled
  FROM order_lines
  GROUP BY order_lines.order_id
),
reasons AS (
  SELECT COUNT(cancel_reason) > 0 AS known FROM order_lines
),
asked AS (
  SELECT contacts.order_id AS order_id,
         MAX(CASE WHEN X_PART(avoidable) THEN 1 ELSE 0 END) AS avoidable
  FROM contacts
  WHERE contacts.order_id IS NOT NULL AND X_DAY(contacts.contacted_at) <= $until
  GROUP BY contacts.order_id
),
contacted AS (
  SELECT COUNT(contacts.order_id) > 0 AS known FROM contacts
),
noted AS (
  SELECT order_id,
         MAX(CASE WHEN LOWER(kind) IN ('cancelled_by_retailer', 'cancelled') THEN 1 ELSE 0 END) AS cancelled,
         MAX(CASE WHEN LOWER(kind) = 'avoidable_contact' THEN 1 ELSE 0 END) AS contact
  FROM defects
  WHERE order_id IS NOT NULL
  GROUP BY order_id
),
whole AS (
  SELECT orders.order_id, orders.customer_id, X_DAY(orders.ordered_at) AS ordered_on, orders.channel,
         COALESCE(p.country, orders.country) AS country, COALESCE(p.region, orders.region) AS region, orders.store_id AS store,
         p.supplier, p.carrier, p.service, p.origin, p.lane,
         COALESCE(p.n_parcels, 0) AS n_parcels, COALESCE(p.n_open, 0) AS n_open,
         p.late, p.early, p.failed_attempt, p.lost, p.damaged, p.missing_item, p.wrong_item, p.wrong_address, p.not_received, p.other,
         p.failed AS parcel_failed,
         CASE WHEN noted.cancelled = 1 OR lines.by_retailer = 1 THEN 1 WHEN reasons.known THEN 0 END AS cancelled_by_retailer,
         CASE WHEN noted.contact = 1 OR asked.avoidable = 1 THEN 1 WHEN contacted.known THEN 0 END AS avoidable_contact
  FROM orders
  JOIN lines ON lines.order_id = orders.order_id
  CROSS JOIN reasons
  CROSS JOIN contacted
  LEFT JOIN parcels_of AS p ON p.order_id = orders.order_id
  LEFT JOIN asked ON asked.order_id = orders.order_id
  LEFT JOIN noted ON noted.order_id = orders.order_id
  WHERE X_DAY(orders.ordered_at) <= $until
    AND (lines.by_retailer = 1 OR COALESCE(noted.cancelled, 0) = 1
         OR (orders.cancelled_at IS NULL AND lines.all_cancelled = 0))
)
SELECT order_id, customer_id, ordered_on, channel, country, region, store, supplier, carrier, service, origin, lane, n_parcels, n_open,
       late, early, failed_attempt, lost, damaged, missing_item, wrong_item, wrong_address, not_received, other,
       cancelled_by_retailer, avoidable_contact,
       CASE WHEN COALESCE(parcel_failed, 0) = 1 OR COALESCE(cancelled_by_retailer, 0) = 1 OR COALESCE(avoidable_contact, 0) = 1 THEN 1
            WHEN n_open > 0 THEN NULL
            WHEN n_parcels > 0 OR cancelled_by_retailer IS NOT NULL OR avoidable_contact IS NOT NULL THEN 0 END AS failed
FROM whole
