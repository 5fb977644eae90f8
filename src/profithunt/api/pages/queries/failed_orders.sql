/* ---
what = "Orders that failed a customer, with what went wrong, of all or of one member of a dimension."
--- */
WITH counted AS (
  SELECT order_id, customer_id, ordered_on, lane, carrier, region, service, origin, supplier, store,
         CASE WHEN late > 0 THEN 1 ELSE 0 END AS late, CASE WHEN failed_attempt > 0 THEN 1 ELSE 0 END AS attempt,
         CASE WHEN lost > 0 THEN 1 ELSE 0 END AS lost, CASE WHEN damaged > 0 THEN 1 ELSE 0 END AS damaged,
         CASE WHEN missing_item > 0 THEN 1 ELSE 0 END AS missing, CASE WHEN wrong_item > 0 THEN 1 ELSE 0 END AS wrong,
         CASE WHEN cancelled_by_retailer > 0 THEN 1 ELSE 0 END AS cancelled,
         CASE WHEN not_received > 0 OR other > 0 OR wrong_address > 0 THEN 1 ELSE 0 END AS other
  FROM defect_orders
)
SELECT counted.order_id AS order_id, counted.customer_id AS customer_id, counted.ordered_on AS ordered_on,
       counted.lane AS lane,
       TRIM(CONCAT(
         CASE WHEN counted.lost = 1 THEN 'lost ' ELSE '' END, CASE WHEN counted.damaged = 1 THEN 'damaged ' ELSE '' END,
         CASE WHEN counted.late = 1 THEN 'late ' ELSE '' END,
         CASE WHEN counted.attempt = 1 THEN 'failed attempt ' ELSE '' END,
         CASE WHEN counted.missing = 1 THEN 'item missing ' ELSE '' END,
         CASE WHEN counted.wrong = 1 THEN 'wrong item ' ELSE '' END,
         CASE WHEN counted.cancelled = 1 THEN 'cancelled ' ELSE '' END,
         CASE WHEN counted.other = 1 THEN 'other ' ELSE '' END
       )) AS what,
       counted.late + counted.attempt + counted.lost + counted.damaged + counted.missing + counted.wrong
         + counted.cancelled + counted.other AS n_defects,
       order_profit.cm3 AS cm3
FROM counted
LEFT JOIN order_profit ON order_profit.order_id = counted.order_id
WHERE counted.late + counted.attempt + counted.lost + counted.damaged + counted.missing + counted.wrong
        + counted.cancelled + counted.other > 0
  AND (
    $by = '' OR ($by = 'carrier' AND counted.carrier = $member) OR ($by = 'lane' AND counted.lane = $member)
    OR ($by = 'region' AND counted.region = $member) OR ($by = 'service' AND counted.service = $member)
    OR ($by = 'origin' AND counted.origin = $member) OR ($by = 'supplier' AND counted.supplier = $member)
    OR ($by = 'store' AND counted.store = $member)
    OR ($by = 'month' AND SUBSTRING(CAST(counted.ordered_on AS TEXT), 1, 7) = $member)
  )
