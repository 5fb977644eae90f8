/* ---
what = "The worst orders: what went wrong, how late, and what the customer wrote or asked."
--- */
WITH worst AS (
  SELECT p.order_id, p.shipment_id, p.customer_id, p.lane, p.promised_on, p.delivered_on, p.state, p.n_defects,
         COALESCE(p.late, 0) AS late, COALESCE(p.lost, 0) AS lost, COALESCE(p.damaged, 0) AS damaged,
         COALESCE(p.failed_attempt, 0) AS failed_attempt,
         X_DAYS_BETWEEN(p.promised_on, COALESCE(p.delivered_on, $as_of)) AS days_late
  FROM defect_parcels AS p
  WHERE p.failed = 1 AND p."on" >= $first AND p."on" <= $last AND X_PART(chosen)
),
wrote AS (
  SELECT order_id, MIN(rating) AS rating, MIN(verbatim) AS verbatim FROM reviews WHERE order_id IS NOT NULL GROUP BY order_id
),
asked AS (
  SELECT order_id, COUNT(*) AS n_contacts, MIN(reason) AS reason, MIN(verbatim) AS verbatim
  FROM contacts WHERE order_id IS NOT NULL GROUP BY order_id
)
SELECT w.order_id, w.shipment_id, w.customer_id, w.lane, w.promised_on, w.delivered_on, w.state, w.n_defects,
       w.late, w.lost, w.damaged, w.failed_attempt,
       CASE WHEN w.late = 1 THEN w.days_late END AS days_late, wrote.rating AS rating,
       COALESCE(asked.n_contacts, 0) AS n_contacts, asked.reason AS contact_reason,
       COALESCE(wrote.verbatim, asked.verbatim) AS verbatim
FROM worst AS w
LEFT JOIN wrote ON wrote.order_id = w.order_id
LEFT JOIN asked ON asked.order_id = w.order_id
ORDER BY w.n_defects DESC, w.lost DESC, CASE WHEN w.late = 1 THEN w.days_late END DESC NULLS LAST, w.shipment_id
LIMIT $n
