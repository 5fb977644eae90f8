/* ---
what = "The shop's own price of each compared SKU over time: as its price changes say, else as it was paid, else as it is listed."
grain = ["sku", "starts_on"]
[columns]
sku = "text | SKU"
starts_on = "date | from when"
ends_on = "date | the day before the next; null for the last"
price = "money | price of one unit"
known_from = "text | price_changes, orders or products"
[checks]
unique = true
--- */
WITH compared AS (
  SELECT sku FROM rival_prices GROUP BY sku
),
stated AS (
  SELECT sku, starts_on, price
  FROM (
    SELECT price_changes.sku, X_DAY(price_changes.changed_at) AS starts_on, price_changes.price,
           ROW_NUMBER() OVER (PARTITION BY price_changes.sku, X_DAY(price_changes.changed_at) ORDER BY price_changes.changed_at DESC, price_changes.price) AS place
    FROM price_changes
    JOIN compared ON compared.sku = price_changes.sku
    WHERE price_changes.price > 0 AND X_DAY(price_changes.changed_at) <= $as_of
  ) AS days
  WHERE place = 1
),
paid AS (
  SELECT order_lines.sku, X_DAY(orders.ordered_at) AS starts_on,
         X_MONEY(X_DIV(SUM(CAST(order_lines.unit_price AS DOUBLE) * CAST(order_lines.quantity AS DOUBLE)), SUM(order_lines.quantity))) AS price
  FROM order_lines
  JOIN orders ON orders.order_id = order_lines.order_id
  JOIN compared ON compared.sku = order_lines.sku
  LEFT JOIN (SELECT sku FROM stated GROUP BY sku) AS known ON known.sku = order_lines.sku
  WHERE known.sku IS NULL AND order_lines.unit_price > 0 AND order_lines.quantity > 0
    AND X_DAY(orders.ordered_at) > X_ADD_DAYS($as_of, -$history_days) AND X_DAY(orders.ordered_at) <= $as_of
  GROUP BY order_lines.sku, X_DAY(orders.ordered_at)
),
listed AS (
  SELECT products.sku, X_ADD_DAYS($as_of, -$history_days) AS starts_on, products.list_price AS price
  FROM products
  JOIN compared ON compared.sku = products.sku
  LEFT JOIN (SELECT sku FROM stated UNION SELECT sku FROM paid) AS known ON known.sku = products.sku
  WHERE known.sku IS NULL AND products.list_price > 0
),
known AS (
  SELECT sku, starts_on, price, 'price_changes' AS known_from FROM stated
  UNION ALL
  SELECT sku, starts_on, price, 'orders' FROM paid
  UNION ALL
  SELECT sku, starts_on, price, 'products' FROM listed
)
SELECT sku, starts_on, X_ADD_DAYS(LEAD(starts_on) OVER (PARTITION BY sku ORDER BY starts_on), -1) AS ends_on, price, known_from
FROM known
