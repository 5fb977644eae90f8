/* ---
what = "When each customer did each kind of thing for the first time, as a place among the customer's orders."
grain = ["customer_id", "counts", "member"]
kind = "view"
[columns]
customer_id = "text | customer"
counts = "text | what counts: category, brand, own_label, channel, event, returned …"
member = "text | which: the category, the channel, the kind of event; empty where there is only one"
first_place = "rate | number of the order that held it first; half a place less for an event that no order held"
--- */
WITH lines AS (
  SELECT ledger.order_id AS order_id, products.category AS category, products.subcategory AS subcategory, products.brand AS brand,
         CASE WHEN products.own_label THEN '' END AS own_label, ledger.sku AS sku
  FROM ledger
  INNER JOIN products ON products.sku = ledger.sku
  WHERE ledger.entry = 'line' AND ledger.units > 0
),
bought AS (
  SELECT order_id, 'category' AS counts, category AS member FROM lines WHERE category IS NOT NULL
  UNION ALL
  SELECT lines.order_id, 'subcategory', lines.subcategory
  FROM lines INNER JOIN action_rules AS rules ON rules.counts = 'subcategory' AND (rules.member = lines.subcategory OR rules.member IS NULL)
  WHERE lines.subcategory IS NOT NULL
  UNION ALL
  SELECT lines.order_id, 'brand', lines.brand
  FROM lines INNER JOIN action_rules AS rules ON rules.counts = 'brand' AND (rules.member = lines.brand OR rules.member IS NULL)
  WHERE lines.brand IS NOT NULL
  UNION ALL
  SELECT lines.order_id, 'sku', lines.sku
  FROM lines INNER JOIN action_rules AS rules ON rules.counts = 'sku' AND rules.member = lines.sku
  UNION ALL
  SELECT order_id, 'own_label', own_label FROM lines WHERE own_label IS NOT NULL
  UNION ALL
  SELECT order_id, 'channel', channel FROM orders WHERE channel IS NOT NULL
  UNION ALL
  SELECT order_id, 'delivery_option', delivery_option FROM orders WHERE delivery_option IS NOT NULL
  UNION ALL
  SELECT order_id, 'payment_method', payment_method FROM orders WHERE payment_method IS NOT NULL
  UNION ALL
  SELECT order_id, 'device', device FROM orders WHERE device IS NOT NULL
  UNION ALL
  SELECT order_id, 'promotion', promo_id FROM orders WHERE promo_id IS NOT NULL
  UNION ALL
  SELECT order_id, 'discounted', '' FROM action_orders WHERE discounted
  UNION ALL
  SELECT order_id, 'returned', '' FROM action_orders WHERE returned
  UNION ALL
  SELECT order_id, 'late', '' FROM action_orders WHERE late
  UNION ALL
  SELECT order_id, 'contacted', '' FROM action_orders WHERE contacted
),
wanted AS (
  SELECT counts FROM action_rules GROUP BY counts
),
in_orders AS (
  SELECT placed.customer_id AS customer_id, bought.counts AS counts, bought.member AS member,
         MIN(CAST(placed.place AS DOUBLE)) AS first_place
  FROM bought
  INNER JOIN wanted ON wanted.counts = bought.counts
  INNER JOIN action_orders AS placed ON placed.order_id = bought.order_id
  GROUP BY placed.customer_id, bought.counts, bought.member
),
happened AS (
  SELECT customer_id, 'event' AS counts, kind AS member, MIN(X_DAY(occurred_at)) AS happened_on
  FROM customer_events
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id, kind
  UNION ALL
  SELECT customer_id, 'loyalty', '', MIN(X_DAY(moved_at))
  FROM loyalty
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),
spans AS (
  SELECT happened.customer_id AS customer_id, happened.counts AS counts, happened.member AS member,
         happened.happened_on AS happened_on, MAX(rules.window_days) AS window_days
  FROM happened
  INNER JOIN action_rules AS rules
    ON rules.counts = happened.counts AND (rules.member = happened.member OR rules.member IS NULL)
  GROUP BY happened.customer_id, happened.counts, happened.member, happened.happened_on
),
next_orders AS (
  SELECT spans.customer_id AS customer_id, spans.counts AS counts, spans.member AS member, spans.window_days AS window_days,
         spans.happened_on AS happened_on,
         MIN(CASE WHEN placed.ordered_on >= spans.happened_on THEN placed.place END) AS place,
         MIN(CASE WHEN placed.ordered_on >= spans.happened_on THEN placed.ordered_on END) AS ordered_on,
         COUNT(placed.place) AS n_orders
  FROM spans
  INNER JOIN action_orders AS placed ON placed.customer_id = spans.customer_id AND placed.place IS NOT NULL
  GROUP BY spans.customer_id, spans.counts, spans.member, spans.window_days, spans.happened_on
)
SELECT customer_id, counts, member, first_place FROM in_orders
UNION ALL
SELECT customer_id, counts, member,
       CASE
         WHEN place IS NULL THEN n_orders + 0.5
         WHEN X_DAYS_BETWEEN(happened_on, ordered_on) <= window_days THEN CAST(place AS DOUBLE)
         ELSE place - 0.5
       END
FROM next_orders
