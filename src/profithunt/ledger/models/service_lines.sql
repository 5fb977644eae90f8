/* ---
what = "Each service contact and each defect with what it cost and the order line that it is about."
grain = ["kind", "event_id"]
empty_with = ["contacts", "defects"]
[columns]
kind = "text | contact or defect"
event_id = "text | contact or defect"
level = "text | line, order or loose"
order_id = "text | order"
line_no = "int | line"
sku = "text | SKU"
customer_id = "text | customer"
happened_on = "date | day"
service = "money | cost of the contact: as stated, else minutes × rate, else rate per contact"
concessions = "money | goodwill and defect costs, net of what was recovered"
--- */
WITH events AS (
  SELECT 'contact' AS kind, contact_id AS event_id, order_id, sku, customer_id, X_DAY(contacted_at) AS happened_on,
         cost AS stated, minutes, concession AS concessions
  FROM contacts
  UNION ALL
  SELECT 'defect' AS kind, defect_id AS event_id, order_id, sku, customer_id, X_DAY(occurred_at) AS happened_on,
         0 AS stated, 0 AS minutes, COALESCE(cost, 0) - COALESCE(recovered, 0) AS concessions
  FROM defects
),
wanted_orders AS (
  SELECT order_id FROM events WHERE order_id IS NOT NULL AND sku IS NOT NULL GROUP BY order_id
),
sku_lines AS (
  SELECT order_lines.order_id AS order_id, order_lines.sku AS sku, MIN(order_lines.line_no) AS line_no
  FROM order_lines JOIN wanted_orders ON wanted_orders.order_id = order_lines.order_id
  GROUP BY order_lines.order_id, order_lines.sku
)
SELECT events.kind AS kind,
       events.event_id AS event_id,
       CASE
         WHEN sku_lines.line_no IS NOT NULL THEN 'line'
         WHEN orders.order_id IS NOT NULL THEN 'order'
         ELSE 'loose'
       END AS level,
       orders.order_id AS order_id,
       sku_lines.line_no AS line_no,
       events.sku AS sku,
       COALESCE(orders.customer_id, events.customer_id) AS customer_id,
       COALESCE(events.happened_on, X_DAY(orders.ordered_at)) AS happened_on,
       X_MONEY(COALESCE(events.stated, events.minutes * everywhere.contact_minute, everywhere.contact, 0)) AS service,
       COALESCE(events.concessions, 0) AS concessions
FROM events
LEFT JOIN orders ON orders.order_id = events.order_id
LEFT JOIN sku_lines ON sku_lines.order_id = events.order_id AND sku_lines.sku = events.sku
LEFT JOIN day_rates AS everywhere ON everywhere.day = events.happened_on AND everywhere.dimension = ''
