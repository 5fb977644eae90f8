/* ---
what = "One order as the customer lived it: every moment that is known, in order of time."
grain = ["moment", "at", "what"]
[columns]
at = "timestamp | when"
moment = "text | touch, visit, order, line, cancelled, promise, dispatch, delivery, failed, defect, contact, review, return"
what = "text | what happened, in words of the data"
about = "text | SKU, parcel or channel"
amount = "money | money that it moved"
words = "text | what the customer wrote, personal data masked"
--- */
WITH mine AS (
  SELECT order_id, ordered_at, customer_id, session_id, channel, shipping_charged, delivery_option, cancelled_at
  FROM orders WHERE order_id = $order_id
),
moments AS (
  SELECT t.touched_at AS at, 'touch' AS moment,
         CONCAT_WS(' · ', COALESCE(t.kind, 'touch'), t.channel, t.campaign, t.keyword) AS what,
         t.landing_page AS about, CAST(NULL AS DECIMAL(18, 4)) AS amount, CAST(NULL AS TEXT) AS words
  FROM touches AS t JOIN mine AS m ON t.customer_id = m.customer_id OR t.session_id = m.session_id
  WHERE t.touched_at <= m.ordered_at AND X_DAYS_BETWEEN(CAST(t.touched_at AS DATE), CAST(m.ordered_at AS DATE)) <= 30
  UNION ALL
  SELECT v.started_at, 'visit', CONCAT_WS(' · ', 'visit', v.channel, v.device), v.landing_page, NULL, NULL
  FROM sessions AS v JOIN mine AS m ON v.session_id = m.session_id
  UNION ALL
  SELECT m.ordered_at, 'order', CONCAT_WS(' · ', 'order placed', m.channel, m.delivery_option), NULL, m.shipping_charged, NULL
  FROM mine AS m
  UNION ALL
  SELECT m.ordered_at, 'line', CONCAT_WS(' · ', COALESCE(g.name, l.sku), CAST(CAST(l.quantity AS BIGINT) AS TEXT)), l.sku,
         X_TIMES(l.quantity, l.unit_price), NULL
  FROM order_lines AS l JOIN mine AS m ON l.order_id = m.order_id LEFT JOIN products AS g ON g.sku = l.sku
  UNION ALL
  SELECT m.cancelled_at, 'cancelled', 'order cancelled', NULL, NULL, NULL FROM mine AS m WHERE m.cancelled_at IS NOT NULL
  UNION ALL
  SELECT s.dispatched_at, 'dispatch', CONCAT_WS(' · ', 'handed over', s.carrier, s.service), s.shipment_id, NULL, NULL
  FROM shipments AS s JOIN mine AS m ON s.order_id = m.order_id WHERE s.dispatched_at IS NOT NULL
  UNION ALL
  SELECT s.promised_at, 'promise', 'promised until then', s.shipment_id, NULL, NULL
  FROM shipments AS s JOIN mine AS m ON s.order_id = m.order_id WHERE s.promised_at IS NOT NULL
  UNION ALL
  SELECT s.delivered_at, 'delivery',
         CASE WHEN s.promised_at IS NULL THEN 'delivered'
              WHEN s.delivered_at > s.promised_at
              THEN CONCAT('delivered after the promise, days late: ',
                          CAST(X_DAYS_BETWEEN(X_DAY(s.promised_at), X_DAY(s.delivered_at)) AS TEXT))
              ELSE 'delivered as promised' END,
         s.shipment_id, NULL, NULL
  FROM shipments AS s JOIN mine AS m ON s.order_id = m.order_id WHERE s.delivered_at IS NOT NULL
  UNION ALL
  SELECT CAST(COALESCE(p.delivered_on, p.promised_on, p."on") AS TIMESTAMP), 'failed',
         CONCAT('failed: ', COALESCE(NULLIF(CONCAT_WS(', ', CASE WHEN p.late = 1 THEN 'late' END,
           CASE WHEN p.lost = 1 THEN 'lost' END, CASE WHEN p.damaged = 1 THEN 'damaged' END,
           CASE WHEN p.missing_item = 1 THEN 'item missing' END, CASE WHEN p.wrong_item = 1 THEN 'wrong item' END,
           CASE WHEN p.failed_attempt = 1 THEN 'attempt failed' END), ''), 'not as promised')),
         p.shipment_id, NULL, NULL
  FROM defect_parcels AS p JOIN mine AS m ON p.order_id = m.order_id WHERE p.failed = 1
  UNION ALL
  SELECT d.occurred_at, 'defect', d.kind, COALESCE(d.sku, d.shipment_id), d.cost, NULL
  FROM defects AS d JOIN mine AS m ON d.order_id = m.order_id
  UNION ALL
  SELECT c.contacted_at, 'contact', CONCAT_WS(' · ', COALESCE(c.medium, 'contact'), c.reason), c.sku, c.concession, c.verbatim
  FROM contacts AS c JOIN mine AS m ON c.order_id = m.order_id
  UNION ALL
  SELECT r.reviewed_at, 'review', CONCAT_WS(' ', 'rated', CAST(r.rating AS TEXT)), r.sku, NULL, r.verbatim
  FROM reviews AS r JOIN mine AS m ON r.order_id = m.order_id
  UNION ALL
  SELECT b.returned_at, 'return', CONCAT_WS(' · ', 'sent back', b.reason), b.sku, b.refund, NULL
  FROM returns AS b JOIN mine AS m ON b.order_id = m.order_id
)
SELECT at, moment, what, about, amount, words
FROM moments
ORDER BY at NULLS LAST, CASE moment WHEN 'touch' THEN 0 WHEN 'visit' THEN 1 WHEN 'order' THEN 2 ELSE 3 END, what
