/* ---
what = "Each SKU's own price, what rivals charge on average over the last days, and how its units moved with its price."
grain = ["sku"]
[columns]
sku = "text | SKU"
shelf_price = "rate | price of a unit as paid over the last 28 days, before discounts"
shelf_price_long = "rate | the same over 56 days"
sent_price = "rate | the same over 56 days, of orders that were sent"
shipping = "rate | what orders of about its value pay for delivery, as a rival's charge is for it alone; else what its own orders paid"
delivered = "rate | sent price + delivery charge + days × value of a day + P(late) × cost of lateness"
n_rivals = "int | rivals that had it in stock over the recent days"
rival_price = "rate | median of their mean prices, like for like"
rival_delivered = "rate | lowest of their mean delivered prices"
rival_cheapest = "text | who that is"
spread = "rate | units × squared log price around its mean, by blocks of 28 days"
slanted = "rate | units × log price × log share of the category's units around its mean: ÷ spread it is the elasticity"
gap_spread = "rate | the same of the log price over the lowest delivered price of rivals"
gap_slanted = "rate | the same"
[checks]
unique = true
--- */
WITH quoted AS (
  SELECT sku, competitor, CAST(FLOOR(X_DAYS_BETWEEN(checked_on, $as_of) / 28) AS BIGINT) AS block, checked_on, CAST(price AS DOUBLE) AS price, delivered
  FROM rival_prices
  WHERE in_stock AND checked_on > X_ADD_DAYS($as_of, -$history_days) AND checked_on <= $as_of
),
each_rival AS (
  SELECT sku, competitor, AVG(price) AS price, AVG(delivered) AS delivered
  FROM quoted
  WHERE checked_on > X_ADD_DAYS($as_of, -$recent_days)
  GROUP BY sku, competitor
),
cheapest AS (
  SELECT sku, competitor, ROW_NUMBER() OVER (PARTITION BY sku ORDER BY delivered, competitor) AS place FROM each_rival
),
rivals AS (
  SELECT sku, COUNT(*) AS n_rivals, X_PERCENTILE(price, 0.5) AS price, MIN(delivered) AS delivered FROM each_rival GROUP BY sku
),
sent AS (
  SELECT order_id FROM shipments WHERE order_id IS NOT NULL GROUP BY order_id
),
known AS (
  SELECT COUNT(*) AS n_sent FROM sent
),
paid AS (
  SELECT l.sku, CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE) AS amount, CAST(l.quantity AS DOUBLE) AS quantity,
         CASE WHEN X_DAY(o.ordered_at) > X_ADD_DAYS($as_of, -28) THEN 1 ELSE 0 END AS is_last,
         CASE WHEN s.order_id IS NOT NULL OR k.n_sent = 0 THEN 1 ELSE 0 END AS is_sent,
         CAST(COALESCE(o.shipping_charged, 0) AS DOUBLE) AS shipping
  FROM order_lines AS l
  JOIN orders AS o ON o.order_id = l.order_id
  CROSS JOIN known AS k
  LEFT JOIN sent AS s ON s.order_id = l.order_id
  WHERE l.unit_price > 0 AND l.quantity > 0 AND X_DAY(o.ordered_at) > X_ADD_DAYS($as_of, -56) AND X_DAY(o.ordered_at) <= $as_of
),
shelf AS (
  SELECT sku,
         X_DIV(SUM(CASE WHEN is_last = 1 THEN amount END), SUM(CASE WHEN is_last = 1 THEN quantity END)) AS last_price,
         X_DIV(SUM(amount), SUM(quantity)) AS long_price,
         X_DIV(SUM(CASE WHEN is_sent = 1 THEN amount END), SUM(CASE WHEN is_sent = 1 THEN quantity END)) AS sent_price,
         AVG(CASE WHEN is_sent = 1 THEN shipping END) AS shipping
  FROM paid
  GROUP BY sku
),
-- Orders by value, in steps of about a quarter.
baskets AS (
  SELECT o.order_id, CAST(o.shipping_charged AS DOUBLE) AS shipping,
         SUM(CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE)) AS value
  FROM orders AS o
  JOIN order_lines AS l ON l.order_id = o.order_id
  CROSS JOIN known AS k
  LEFT JOIN sent AS s ON s.order_id = o.order_id
  WHERE o.shipping_charged IS NOT NULL AND o.cancelled_at IS NULL AND l.unit_price > 0 AND l.quantity > 0
    AND (s.order_id IS NOT NULL OR k.n_sent = 0)
    AND X_DAY(o.ordered_at) > X_ADD_DAYS($as_of, -56) AND X_DAY(o.ordered_at) <= $as_of
  GROUP BY o.order_id, CAST(o.shipping_charged AS DOUBLE)
),
charges AS (
  SELECT CAST(FLOOR(4 * LN(value)) AS BIGINT) AS step, AVG(shipping) AS shipping FROM baskets GROUP BY CAST(FLOOR(4 * LN(value)) AS BIGINT)
),
points AS (
  SELECT b.sku, b.units AS w, LN(b.price) AS x, LN(X_DIV(b.units + 0.5, b.category_units)) AS y, LN(X_DIV(b.price, q.delivered)) AS g
  FROM price_blocks AS b
  LEFT JOIN (SELECT sku, block, MIN(delivered) AS delivered FROM quoted GROUP BY sku, block) AS q ON q.sku = b.sku AND q.block = b.block
  WHERE b.price > 0
),
moved AS (
  SELECT sku,
         SUM(w * x * x) - X_DIV(SUM(w * x) * SUM(w * x), SUM(w)) AS spread,
         SUM(w * x * y) - X_DIV(SUM(w * x) * SUM(w * y), SUM(w)) AS slanted,
         SUM(CASE WHEN g IS NOT NULL THEN w * g * g END)
           - X_DIV(SUM(w * g) * SUM(w * g), SUM(CASE WHEN g IS NOT NULL THEN w END)) AS gap_spread,
         SUM(CASE WHEN g IS NOT NULL THEN w * g * y END)
           - X_DIV(SUM(w * g) * SUM(CASE WHEN g IS NOT NULL THEN w * y END), SUM(CASE WHEN g IS NOT NULL THEN w END)) AS gap_slanted
  FROM points
  GROUP BY sku
),
all_skus AS (
  SELECT sku FROM rivals UNION SELECT sku FROM shelf UNION SELECT sku FROM moved
)
SELECT a.sku, h.last_price AS shelf_price, h.long_price AS shelf_price_long, h.sent_price, COALESCE(g.shipping, h.shipping) AS shipping,
       h.sent_price + COALESCE(g.shipping, h.shipping)
         + COALESCE(w.n_days, 0) * COALESCE(CAST($day_amount AS DOUBLE), $day_worth * h.sent_price)
         + COALESCE(w.late, 0) * COALESCE(CAST($late_amount AS DOUBLE), $late_worth * h.sent_price) AS delivered,
       COALESCE(r.n_rivals, 0) AS n_rivals, r.price AS rival_price, r.delivered AS rival_delivered, c.competitor AS rival_cheapest,
       m.spread, m.slanted, m.gap_spread, m.gap_slanted
FROM all_skus AS a
CROSS JOIN own_delivery AS w
LEFT JOIN shelf AS h ON h.sku = a.sku
LEFT JOIN rivals AS r ON r.sku = a.sku
LEFT JOIN cheapest AS c ON c.sku = a.sku AND c.place = 1
LEFT JOIN moved AS m ON m.sku = a.sku
LEFT JOIN charges AS g ON g.step = CAST(FLOOR(4 * LN(h.sent_price)) AS BIGINT)
