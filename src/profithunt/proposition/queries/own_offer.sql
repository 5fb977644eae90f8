/* ---
what = "What the shop itself offers for one SKU: price, what delivery of it alone costs, how long it takes, how often it is late."
grain = ["sku"]
[columns]
sku = "text | SKU"
name = "text | name"
brand = "text | brand"
size = "text | size"
pack_size = "text | what one unit holds"
price = "money | price"
shipping = "money | delivery charge that most orders of about this value paid"
n_days = "rate | days that four of five parcels took at most"
late = "rate | share of promised parcels that came late"
n_promised = "int | parcels with a promise"
--- */
WITH wanted AS (
  SELECT o.sku, p.name, p.brand, p.size, p.pack_size, o.price
  FROM own_prices AS o
  LEFT JOIN products AS p ON p.sku = o.sku
  WHERE o.sku = $sku AND o.ends_on IS NULL
),
orders_like AS (
  SELECT orders.order_id, orders.shipping_charged,
         SUM(CAST(order_lines.unit_price AS DOUBLE) * CAST(order_lines.quantity AS DOUBLE)) AS value
  FROM orders
  JOIN order_lines ON order_lines.order_id = orders.order_id
  WHERE orders.shipping_charged IS NOT NULL AND orders.cancelled_at IS NULL
    AND X_DAY(orders.ordered_at) > X_ADD_DAYS($as_of, -91) AND X_DAY(orders.ordered_at) <= $as_of
  GROUP BY orders.order_id, orders.shipping_charged
),
charges AS (
  SELECT l.shipping_charged AS shipping, COUNT(*) AS n
  FROM orders_like AS l
  CROSS JOIN wanted AS w
  WHERE l.value >= 0.75 * CAST(w.price AS DOUBLE) AND l.value <= 1.25 * CAST(w.price AS DOUBLE)
  GROUP BY l.shipping_charged
),
usual AS (
  SELECT shipping, ROW_NUMBER() OVER (ORDER BY n DESC, shipping DESC) AS place FROM charges
),
parcels AS (
  SELECT X_PERCENTILE(X_DAYS_BETWEEN(X_DAY(orders.ordered_at), X_DAY(shipments.delivered_at)), 0.8) AS n_days,
         X_DIV(COUNT(CASE WHEN X_DAY(shipments.delivered_at) > X_DAY(shipments.promised_at) THEN 1 END), COUNT(shipments.promised_at)) AS late,
         COUNT(shipments.promised_at) AS n_promised
  FROM shipments
  JOIN orders ON orders.order_id = shipments.order_id
  WHERE shipments.delivered_at IS NOT NULL
    AND X_DAY(orders.ordered_at) > X_ADD_DAYS($as_of, -91) AND X_DAY(orders.ordered_at) <= $as_of
)
SELECT w.sku, w.name, w.brand, w.size, w.pack_size, w.price, u.shipping, p.n_days, p.late, p.n_promised
FROM wanted AS w
CROSS JOIN parcels AS p
LEFT JOIN usual AS u ON u.place = 1
