/* ---
what = "What was heard from customers: one row per contact, review and return, with the reason that was read in it."
grain = ["kind", "id"]
[columns]
kind = "text | contact, review or return"
id = "text | contact, review or return"
no = "int | number, in order of kind and key: what fair draws go by"
heard_on = "date | day"
customer_id = "text | customer"
order_id = "text | order"
sku = "text | SKU"
category = "text | category of the SKU"
lane = "text | carrier, service and region of the order's parcel, the failed one first"
country = "text | country of the order"
channel = "text | channel of the order"
medium = "text | phone, chat, e-mail …; review; return"
failed = "int | 1 where a parcel of the order failed, 0 where none did; null without a parcel"
defect = "text | what went wrong with the order, by its worst parcel"
cost = "money | service and goodwill of a contact, carriage and handling of a return"
csat = "rate | satisfaction as scored"
rating = "rate | rating of a review"
verbatim = "text | what the customer wrote, personal data masked"
reason = "text | reason of the taxonomy, or unclear"
also = "text | a second reason in the same words"
probability = "rate | how likely the reason is right"
read_in = "text | label, words or stated: what the reason was read in"
--- */
WITH said AS (
  SELECT 'contact' AS kind, c.contact_id AS id, X_DAY(c.contacted_at) AS heard_on, c.customer_id, c.order_id, c.sku,
         COALESCE(c.medium, 'contact') AS medium, c.csat, CAST(NULL AS DOUBLE) AS rating, c.verbatim, c.reason AS stated,
         CAST(NULL AS DECIMAL(18, 4)) AS cost
  FROM contacts AS c
  UNION ALL
  SELECT 'review' AS kind, r.review_id AS id, X_DAY(r.reviewed_at) AS heard_on, r.customer_id, r.order_id, r.sku,
         'review' AS medium, CAST(NULL AS DOUBLE) AS csat, r.rating, r.verbatim, CAST(NULL AS TEXT) AS stated,
         CAST(NULL AS DECIMAL(18, 4)) AS cost
  FROM reviews AS r
  UNION ALL
  SELECT 'return' AS kind, b.return_id AS id, X_DAY(b.returned_at) AS heard_on, b.customer_id, b.order_id, b.sku,
         'return' AS medium, CAST(NULL AS DOUBLE) AS csat, CAST(NULL AS DOUBLE) AS rating, CAST(NULL AS TEXT) AS verbatim,
         b.reason AS stated, COALESCE(b.carriage_cost, 0) + COALESCE(b.handling_cost, 0) AS cost
  FROM returns AS b
  WHERE b.reason IS NOT NULL
),
parcels_ranked AS (
  SELECT p.order_id, p.lane, p.failed, p.lost, p.damaged, p.missing_item, p.wrong_item, p.late, p.failed_attempt,
         ROW_NUMBER() OVER (
           PARTITION BY p.order_id ORDER BY COALESCE(p.failed, 0) DESC, COALESCE(p.n_defects, 0) DESC, p.shipment_id
         ) AS place
  FROM defect_parcels AS p
  WHERE p.order_id IS NOT NULL
),
costs AS (
  SELECT event_id, SUM(service + concessions) AS cost FROM service_lines WHERE kind = 'contact' GROUP BY event_id
)
SELECT s.kind, s.id, ROW_NUMBER() OVER (ORDER BY s.kind, s.id) AS no, s.heard_on,
       COALESCE(s.customer_id, o.customer_id) AS customer_id,
       s.order_id, s.sku, g.category, p.lane, o.country, o.channel, s.medium, p.failed,
       CASE WHEN p.lost = 1 THEN 'lost' WHEN p.damaged = 1 THEN 'damaged' WHEN p.wrong_item = 1 THEN 'wrong_item'
            WHEN p.missing_item = 1 THEN 'missing_item' WHEN p.late = 1 THEN 'late'
            WHEN p.failed_attempt = 1 THEN 'failed_attempt' WHEN p.failed = 1 THEN 'other' END AS defect,
       COALESCE(k.cost, s.cost) AS cost,
       s.csat, s.rating, s.verbatim,
       CASE
         WHEN l.reason IS NOT NULL THEN l.reason
         WHEN w.reason <> 'unclear' THEN w.reason
         WHEN t.reason <> 'unclear' THEN t.reason
         ELSE 'unclear'
       END AS reason,
       CASE WHEN l.reason IS NULL AND w.reason <> 'unclear' THEN w.also END AS also,
       CASE
         WHEN l.reason IS NOT NULL THEN 1
         WHEN w.reason <> 'unclear' THEN w.probability
         WHEN t.reason <> 'unclear' THEN t.probability
         ELSE COALESCE(w.probability, t.probability)
       END AS probability,
       CASE WHEN l.reason IS NOT NULL THEN 'label' WHEN w.reason <> 'unclear' THEN 'words'
            WHEN t.reason <> 'unclear' THEN 'stated' END AS read_in
FROM said AS s
LEFT JOIN orders AS o ON o.order_id = s.order_id
LEFT JOIN products AS g ON g.sku = s.sku
LEFT JOIN parcels_ranked AS p ON p.order_id = s.order_id AND p.place = 1
LEFT JOIN costs AS k ON s.kind = 'contact' AND k.event_id = s.id
LEFT JOIN _read_texts AS w ON w.text = s.verbatim
LEFT JOIN _read_texts AS t ON t.text = s.stated
LEFT JOIN _labels AS l ON l.kind = s.kind AND l.id = s.id
