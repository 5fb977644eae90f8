/* ---
what = "Each return with the order line that it undoes: named, found by its SKU, or found by customer and SKU for credit notes."
grain = ["return_id"]
empty_with = ["returns"]
dirty_key = "return_id"
[columns]
return_id = "text | return"
level = "text | line, order (the whole order) or loose (no order found)"
order_id = "text | order it undoes"
line_no = "int | line it undoes"
sku = "text | SKU"
customer_id = "text | customer"
returned_on = "date | day booked back"
units = "quantity | units returned"
units_resaleable = "quantity | units that went back to stock at full value"
refund = "money | paid back, shop currency at the order day's rate, taxed as booked"
difference = "money | paid back, at the return day's rate less the order day's"
unpriced_units = "quantity | units whose refund nobody stated"
costs = "money | carriage and handling of the return"
[dirty]
orders = """
SELECT returns.return_id FROM returns JOIN changed ON changed.order_id = returns.order_id
UNION ALL
SELECT returns.return_id FROM returns
JOIN (SELECT customer_id FROM changed GROUP BY customer_id) AS people ON people.customer_id = returns.customer_id
"""
order_lines = """
SELECT returns.return_id FROM returns
JOIN (SELECT order_id FROM changed GROUP BY order_id) AS moved ON moved.order_id = returns.order_id
UNION ALL
SELECT returns.return_id FROM orders
JOIN (SELECT order_id FROM changed GROUP BY order_id) AS moved ON moved.order_id = orders.order_id
JOIN returns ON returns.customer_id = orders.customer_id
"""
day_rates = """
WITH days AS (
  SELECT day FROM changed GROUP BY day
),
placed AS (
  SELECT orders.order_id AS order_id, orders.customer_id AS customer_id
  FROM orders JOIN days ON days.day = X_DAY(orders.ordered_at)
)
SELECT returns.return_id FROM returns JOIN days ON days.day = X_DAY(returns.returned_at)
UNION ALL
SELECT returns.return_id FROM returns JOIN placed ON placed.order_id = returns.order_id
UNION ALL
SELECT returns.return_id FROM returns JOIN placed ON placed.customer_id = returns.customer_id
"""
--- */
WITH named_orders AS (
  SELECT orders.order_id AS order_id, orders.customer_id AS customer_id, orders.ordered_at AS ordered_at,
         orders.currency AS currency
  FROM orders
  JOIN (SELECT order_id FROM returns WHERE order_id IS NOT NULL GROUP BY order_id) AS wanted
    ON wanted.order_id = orders.order_id
),
no_order AS (
  SELECT returns.return_id AS return_id, returns.customer_id AS customer_id, returns.sku AS sku,
         returns.returned_at AS returned_at
  FROM returns LEFT JOIN named_orders ON named_orders.order_id = returns.order_id
  WHERE named_orders.order_id IS NULL AND returns.customer_id IS NOT NULL AND returns.sku IS NOT NULL
),
possible_orders AS (
  SELECT no_order.return_id AS return_id, no_order.sku AS sku, orders.order_id AS order_id,
         orders.customer_id AS customer_id, orders.ordered_at AS ordered_at, orders.currency AS currency
  FROM no_order
  JOIN orders ON orders.customer_id = no_order.customer_id AND orders.ordered_at <= no_order.returned_at
),
-- The lines of every order in question, read from order_lines once.
named_lines AS (
  SELECT order_lines.order_id AS order_id, order_lines.line_no AS line_no, order_lines.sku AS sku,
         order_lines.quantity AS quantity
  FROM order_lines
  JOIN (SELECT order_id FROM named_orders UNION SELECT order_id FROM possible_orders) AS wanted
    ON wanted.order_id = order_lines.order_id
),
by_line AS (
  SELECT returns.return_id AS return_id, named_lines.line_no AS line_no, named_lines.sku AS sku,
         named_lines.quantity AS quantity
  FROM returns
  JOIN named_lines ON named_lines.order_id = returns.order_id AND named_lines.line_no = returns.line_no
),
by_sku AS (
  SELECT returns.return_id AS return_id, named_lines.line_no AS line_no, named_lines.quantity AS quantity,
         ROW_NUMBER() OVER (PARTITION BY returns.return_id ORDER BY named_lines.line_no) AS place
  FROM returns
  LEFT JOIN by_line ON by_line.return_id = returns.return_id
  JOIN named_lines ON named_lines.order_id = returns.order_id AND named_lines.sku = returns.sku
  WHERE by_line.return_id IS NULL
),
candidates AS (
  SELECT possible_orders.return_id AS return_id,
         named_lines.order_id AS order_id,
         named_lines.line_no AS line_no,
         named_lines.quantity AS quantity,
         possible_orders.customer_id AS customer_id,
         possible_orders.ordered_at AS ordered_at,
         possible_orders.currency AS currency,
         ROW_NUMBER() OVER (
           PARTITION BY possible_orders.return_id
           ORDER BY possible_orders.ordered_at DESC, named_lines.order_id DESC, named_lines.line_no ASC
         ) AS place
  FROM possible_orders
  JOIN named_lines ON named_lines.order_id = possible_orders.order_id AND named_lines.sku = possible_orders.sku
),
matched AS (
  SELECT returns.return_id AS return_id,
         COALESCE(named_orders.order_id, candidates.order_id) AS order_id,
         COALESCE(by_line.line_no, by_sku.line_no, candidates.line_no) AS line_no,
         COALESCE(by_line.sku, returns.sku) AS sku,
         COALESCE(named_orders.customer_id, candidates.customer_id, returns.customer_id) AS customer_id,
         COALESCE(named_orders.ordered_at, candidates.ordered_at) AS ordered_at,
         COALESCE(named_orders.currency, candidates.currency, $currency) AS currency,
         returns.returned_at AS returned_at,
         COALESCE(returns.quantity, by_line.quantity, by_sku.quantity, candidates.quantity, 0) AS units,
         returns.refund AS refund,
         returns.resaleable AS resaleable,
         returns.carriage_cost AS carriage_cost,
         returns.handling_cost AS handling_cost,
         returns.cost AS cost
  FROM returns
  LEFT JOIN named_orders ON named_orders.order_id = returns.order_id
  LEFT JOIN by_line ON by_line.return_id = returns.return_id
  LEFT JOIN by_sku ON by_sku.return_id = returns.return_id AND by_sku.place = 1
  LEFT JOIN candidates ON candidates.return_id = returns.return_id AND candidates.place = 1
),
placed AS (
  SELECT return_id,
         CASE
           WHEN line_no IS NOT NULL THEN 'line'
           WHEN order_id IS NOT NULL THEN 'order'
           ELSE 'loose'
         END AS level,
         order_id, line_no, sku, customer_id,
         COALESCE(X_DAY(returned_at), X_DAY(ordered_at)) AS returned_on,
         units, refund, resaleable, carriage_cost, handling_cost, cost,
         X_DAY(ordered_at) AS ordered_on,
         currency
  FROM matched
)
SELECT placed.return_id AS return_id,
       placed.level AS level,
       placed.order_id AS order_id,
       placed.line_no AS line_no,
       placed.sku AS sku,
       placed.customer_id AS customer_id,
       placed.returned_on AS returned_on,
       placed.units AS units,
       CASE WHEN COALESCE(placed.resaleable, TRUE) THEN placed.units ELSE 0 END AS units_resaleable,
       CASE WHEN placed.currency = $currency THEN placed.refund
            ELSE X_TIMES(placed.refund, COALESCE(ordered_rate.exchange, 1)) END AS refund,
       CASE WHEN placed.currency = $currency THEN 0
            ELSE X_TIMES(placed.refund, COALESCE(returned_rate.exchange, ordered_rate.exchange, 1))
                 - X_TIMES(placed.refund, COALESCE(ordered_rate.exchange, 1)) END AS difference,
       CASE WHEN placed.refund IS NULL THEN placed.units ELSE 0 END AS unpriced_units,
       X_MONEY(COALESCE(placed.carriage_cost, everywhere.return_carriage, 0))
         + X_MONEY(COALESCE(placed.handling_cost, CAST(placed.units AS DOUBLE) * everywhere.return_handling, 0))
         + COALESCE(placed.cost, 0) AS costs
FROM placed
LEFT JOIN day_rates AS everywhere ON everywhere.day = placed.returned_on AND everywhere.dimension = ''
LEFT JOIN day_rates AS ordered_rate
  ON ordered_rate.day = placed.ordered_on AND ordered_rate.dimension = 'currency' AND ordered_rate.member = placed.currency
LEFT JOIN day_rates AS returned_rate
  ON returned_rate.day = placed.returned_on
  AND returned_rate.dimension = 'currency'
  AND returned_rate.member = placed.currency
