/* ---
what = "One row per parcel: which defects it had the opportunity of, which it had, and whether its fate is known yet."
grain = ["shipment_id"]
[columns]
shipment_id = "text | parcel"
order_id = "text | order"
customer_id = "text | customer, null for a guest"
on = "date | promised day; where none is known, that of delivery, else of dispatch"
ordered_on = "date | day of the order"
promised_on = "date | promised day"
delivered_on = "date | day of delivery; null while it is not there"
carrier = "text | carrier"
service = "text | service level"
lane = "text | carrier, else origin, and region delivered to"
origin = "text | where it left from"
country = "text | country delivered to"
region = "text | region delivered to"
store = "text | store of the order"
supplier = "text | supplier, where all lines of the order have the same"
state = "text | known, late_already (promised day over and not there), or open (nothing can be said yet)"
late = "int | 1 after the promised day or not there when it was over, 0 in time, null where nothing was promised or it is open"
late_by_timestamp = "int | the same by the clock: a promise without a time of day counts from the day's beginning"
early = "int | 1 earlier than the promise by more days than are welcome; null where no limit is set"
failed_attempt = "int | 1 not delivered at the first attempt; null without an attempt"
lost = "int | 1 lost"
damaged = "int | 1 damaged"
missing_item = "int | 1 an item was missing; null where the shop records no such defect"
wrong_item = "int | 1 a wrong item"
wrong_address = "int | 1 wrong address"
not_received = "int | 1 delivered, but not received"
other = "int | 1 a defect of the retailer's own kind"
late_dispatch = "int | 1 handed over after it was due; a limit of the trade, not counted as a defect of the delivery"
untracked = "int | 1 without valid tracking; the same"
n_opportunities = "int | defects that it could have had"
n_defects = "int | defects that it had"
failed = "int | 1 any defect, 0 none, null while nothing is known"
[checks]
unique = true
--- */
WITH recorded AS (
  SELECT COALESCE(defects.shipment_id, firsts.shipment_id) AS shipment_id,
         CASE WHEN LOWER(kind) IN ('late', 'early', 'lost', 'damaged', 'missing_item', 'wrong_item', 'wrong_address', 'failed_attempt')
              THEN LOWER(kind)
              WHEN LOWER(kind) IN ('failed_first_attempt', 'first_attempt_failed') THEN 'failed_attempt'
              WHEN LOWER(kind) IN ('not_received', 'delivered_not_received', 'delivered-not-received') THEN 'not_received'
              WHEN LOWER(kind) IN ('cancelled_by_retailer', 'cancelled', 'avoidable_contact') THEN 'order'
              ELSE 'other' END AS kind
  FROM defects
  LEFT JOIN (SELECT order_id, MIN(shipment_id) AS shipment_id FROM shipments GROUP BY order_id) AS firsts
    ON firsts.order_id = defects.order_id
  WHERE X_DAY(COALESCE(occurred_at, CAST('1970-01-01' AS TIMESTAMP))) <= $until
),
kinds AS (
  SELECT COUNT(CASE WHEN kind = 'missing_item' THEN 1 END) > 0 AS missing_item,
         COUNT(CASE WHEN kind = 'wrong_item' THEN 1 END) > 0 AS wrong_item,
         COUNT(CASE WHEN kind = 'wrong_address' THEN 1 END) > 0 AS wrong_address,
         COUNT(CASE WHEN kind = 'not_received' THEN 1 END) > 0 AS not_received,
         COUNT(CASE WHEN kind = 'lost' THEN 1 END) > 0 AS lost,
         COUNT(CASE WHEN kind = 'damaged' THEN 1 END) > 0 AS damaged,
         COUNT(CASE WHEN kind = 'other' THEN 1 END) > 0 AS other
  FROM recorded
),
noted AS (
  SELECT shipment_id,
         MAX(CASE WHEN kind = 'late' THEN 1 ELSE 0 END) AS late,
         MAX(CASE WHEN kind = 'failed_attempt' THEN 1 ELSE 0 END) AS failed_attempt,
         MAX(CASE WHEN kind = 'lost' THEN 1 ELSE 0 END) AS lost,
         MAX(CASE WHEN kind = 'damaged' THEN 1 ELSE 0 END) AS damaged,
         MAX(CASE WHEN kind = 'missing_item' THEN 1 ELSE 0 END) AS missing_item,
         MAX(CASE WHEN kind = 'wrong_item' THEN 1 ELSE 0 END) AS wrong_item,
         MAX(CASE WHEN kind = 'wrong_address' THEN 1 ELSE 0 END) AS wrong_address,
         MAX(CASE WHEN kind = 'not_received' THEN 1 ELSE 0 END) AS not_received,
         MAX(CASE WHEN kind = 'other' THEN 1 ELSE 0 END) AS other
  FROM recorded
  WHERE shipment_id IS NOT NULL
  GROUP BY shipment_id
),
suppliers AS (
  SELECT order_lines.order_id AS order_id,
         CASE WHEN MIN(products.supplier) = MAX(products.supplier) THEN MIN(products.supplier) END AS supplier
  FROM order_lines
  LEFT JOIN products ON products.sku = order_lines.sku
  GROUP BY order_lines.order_id
),
sent AS (
  SELECT shipments.shipment_id, shipments.order_id, orders.customer_id, shipments.carrier, shipments.service, shipments.origin,
         COALESCE(shipments.country, orders.country) AS country,
         COALESCE(shipments.region, orders.region) AS region,
         orders.store_id AS store,
         X_DAY(orders.ordered_at) AS ordered_on,
         X_DAY(shipments.promised_at) AS promised_on,
         X_DAY(shipments.dispatched_at) AS dispatched_on,
         CASE WHEN X_DAY(shipments.delivered_at) <= $until THEN X_DAY(shipments.delivered_at) END AS delivered_on,
         CASE WHEN X_DAY(shipments.delivered_at) <= $until THEN shipments.delivered_at END AS delivered_at,
         shipments.promised_at,
         X_DAY(X_ADD_SECONDS(shipments.promised_at, 1)) > X_DAY(shipments.promised_at)
           OR X_DAY(X_ADD_SECONDS(shipments.promised_at, -1)) < X_DAY(shipments.promised_at) AS whole_day,
         shipments.attempts,
         COALESCE(shipments.lost, FALSE) OR COALESCE(noted.lost, 0) = 1 AS is_lost,
         shipments.lost IS NOT NULL OR kinds.lost AS lost_known,
         COALESCE(shipments.damaged, FALSE) OR COALESCE(noted.damaged, 0) = 1 AS is_damaged,
         shipments.damaged IS NOT NULL OR kinds.damaged AS damaged_known,
         COALESCE(noted.late, 0) = 1 AS noted_late,
         COALESCE(noted.failed_attempt, 0) AS noted_attempt,
         CASE WHEN kinds.missing_item THEN COALESCE(noted.missing_item, 0) END AS missing_item,
         CASE WHEN kinds.wrong_item THEN COALESCE(noted.wrong_item, 0) END AS wrong_item,
         CASE WHEN kinds.wrong_address THEN COALESCE(noted.wrong_address, 0) END AS wrong_address,
         CASE WHEN kinds.not_received THEN COALESCE(noted.not_received, 0) END AS not_received,
         CASE WHEN kinds.other THEN COALESCE(noted.other, 0) END AS other,
         CASE WHEN shipments.dispatch_due_at IS NULL OR shipments.dispatched_at IS NULL THEN NULL
              WHEN shipments.dispatched_at > shipments.dispatch_due_at THEN 1 ELSE 0 END AS late_dispatch,
         CASE WHEN shipments.tracked IS NULL THEN NULL WHEN shipments.tracked THEN 0 ELSE 1 END AS untracked
  FROM shipments
  LEFT JOIN orders ON orders.order_id = shipments.order_id
  LEFT JOIN noted ON noted.shipment_id = shipments.shipment_id
  CROSS JOIN kinds
  WHERE (orders.cancelled_at IS NULL OR shipments.delivered_at IS NOT NULL)
    AND COALESCE(X_DAY(shipments.dispatched_at), X_DAY(orders.ordered_at), X_DAY(shipments.delivered_at)) <= $until
),
judged AS (
  SELECT shipment_id, order_id, customer_id, carrier, service, origin, country, region, store, ordered_on, promised_on,
         dispatched_on, delivered_on, delivered_at, promised_at, whole_day, attempts, is_lost, lost_known, is_damaged,
         damaged_known, noted_late, noted_attempt, missing_item, wrong_item, wrong_address, not_received, other,
         late_dispatch, untracked,
         CASE WHEN delivered_on IS NOT NULL OR is_lost THEN 'known'
              WHEN promised_on < $as_of THEN 'late_already'
              ELSE 'open' END AS state
  FROM sent
),
flagged AS (
  SELECT judged.shipment_id, judged.order_id, judged.customer_id,
         COALESCE(promised_on, delivered_on, dispatched_on, ordered_on) AS day,
         ordered_on, promised_on, delivered_on, carrier, service,
         CONCAT(COALESCE(carrier, CONCAT('from ', origin), 'unnamed'), ' to ', COALESCE(region, country, 'all')) AS lane,
         origin, country, region, store, suppliers.supplier AS supplier, state,
         CASE WHEN noted_late THEN 1
              WHEN promised_on IS NULL OR state = 'open' THEN NULL
              WHEN state = 'late_already' OR delivered_on > promised_on OR (is_lost AND delivered_on IS NULL) THEN 1
              ELSE 0 END AS late,
         CASE WHEN promised_on IS NULL OR state = 'open' THEN NULL
              WHEN state = 'late_already' OR (is_lost AND delivered_on IS NULL) THEN 1
              WHEN whole_day THEN CASE WHEN delivered_on >= promised_on THEN 1 ELSE 0 END
              WHEN delivered_at > promised_at THEN 1 ELSE 0 END AS late_by_timestamp,
         CASE WHEN promised_on IS NULL OR delivered_on IS NULL OR $early_days < 0 THEN NULL
              WHEN X_DAYS_BETWEEN(delivered_on, promised_on) > $early_days THEN 1 ELSE 0 END AS early,
         CASE WHEN noted_attempt = 1 THEN 1 WHEN attempts IS NULL OR attempts < 1 THEN NULL
              WHEN attempts > 1 OR (state = 'late_already' AND attempts >= 1) THEN 1
              WHEN state = 'open' THEN NULL ELSE 0 END AS failed_attempt,
         CASE WHEN is_lost THEN 1 WHEN lost_known AND delivered_on IS NOT NULL THEN 0 END AS lost,
         CASE WHEN is_damaged THEN 1 WHEN damaged_known AND delivered_on IS NOT NULL THEN 0 END AS damaged,
         CASE WHEN delivered_on IS NOT NULL OR missing_item = 1 THEN missing_item END AS missing_item,
         CASE WHEN delivered_on IS NOT NULL OR wrong_item = 1 THEN wrong_item END AS wrong_item,
         CASE WHEN delivered_on IS NOT NULL OR wrong_address = 1 THEN wrong_address END AS wrong_address,
         CASE WHEN delivered_on IS NOT NULL OR not_received = 1 THEN not_received END AS not_received,
         CASE WHEN delivered_on IS NOT NULL OR other = 1 THEN other END AS other,
         late_dispatch, untracked
  FROM judged
  LEFT JOIN suppliers ON suppliers.order_id = judged.order_id
),
counted AS (
  SELECT shipment_id,
         CASE WHEN late IS NULL THEN 0 ELSE 1 END + CASE WHEN early IS NULL THEN 0 ELSE 1 END
           + CASE WHEN failed_attempt IS NULL THEN 0 ELSE 1 END + CASE WHEN lost IS NULL THEN 0 ELSE 1 END
           + CASE WHEN damaged IS NULL THEN 0 ELSE 1 END + CASE WHEN missing_item IS NULL THEN 0 ELSE 1 END
           + CASE WHEN wrong_item IS NULL THEN 0 ELSE 1 END + CASE WHEN wrong_address IS NULL THEN 0 ELSE 1 END
           + CASE WHEN not_received IS NULL THEN 0 ELSE 1 END + CASE WHEN other IS NULL THEN 0 ELSE 1 END AS n_opportunities,
         COALESCE(late, 0) + COALESCE(early, 0) + COALESCE(failed_attempt, 0) + COALESCE(lost, 0) + COALESCE(damaged, 0) + COALESCE(missing_item, 0) + COALESCE(wrong_item, 0) + COALESCE(wrong_address, 0) + COALESCE(not_received, 0) + COALESCE(other, 0) AS n_defects
  FROM flagged
)
SELECT f.shipment_id, f.order_id, f.customer_id, f.day AS "on", f.ordered_on, f.promised_on, f.delivered_on, f.carrier, f.service,
       f.lane, f.origin, f.country, f.region, f.store, f.supplier, f.state, f.late, f.late_by_timestamp, f.early,
       f.failed_attempt, f.lost, f.damaged, f.missing_item, f.wrong_item, f.wrong_address, f.not_received, f.other,
       f.late_dispatch, f.untracked, c.n_opportunities, c.n_defects,
       CASE WHEN c.n_defects > 0 THEN 1 WHEN f.state = 'known' AND c.n_opportunities > 0 THEN 0 END AS failed
FROM flagged AS f
JOIN counted AS c ON c.shipment_id = f.shipment_id
