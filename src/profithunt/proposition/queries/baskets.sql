/* ---
what = "Delivered orders by month, delivery option and basket value: how many paid for delivery, and what they earned."
grain = ["month", "delivery_option", "is_new", "bin"]
[columns]
month = "date | month of the order"
delivery_option = "text | delivery option, empty where none is stated"
is_new = "bool | the first order of a known customer"
bin = "int | basket value ÷ width, rounded down"
n_orders = "int | orders"
n_free = "int | of them delivered free"
charged = "rate | delivery charges, as the customer paid them"
value = "rate | basket value, as the customer saw it"
earned = "rate | contribution (CM2) without what the customer paid for delivery"
earned_squared = "rate | sum of its squares"
--- */
WITH goods AS (
  SELECT order_id,
         SUM(COALESCE(CAST(line_amount AS DOUBLE), CAST(quantity AS DOUBLE) * CAST(unit_price AS DOUBLE))
             - CAST(COALESCE(discount, 0) AS DOUBLE)) AS value
  FROM order_lines
  GROUP BY order_id
),
firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at
  FROM orders
  WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
  GROUP BY customer_id
),
baskets AS (
  SELECT order_profit.ordered_month AS month,
         COALESCE(orders.delivery_option, '') AS delivery_option,
         CASE WHEN orders.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new,
         CAST(orders.shipping_charged AS DOUBLE) AS charge,
         goods.value - CAST(COALESCE(orders.order_discount, 0) AS DOUBLE) AS value,
         CAST(order_profit.cm2 - order_profit.shipping_income AS DOUBLE) AS earned
  FROM goods
  JOIN orders ON orders.order_id = goods.order_id
  JOIN order_profit ON order_profit.order_id = goods.order_id
  LEFT JOIN firsts ON firsts.customer_id = orders.customer_id
  WHERE orders.shipping_charged IS NOT NULL AND orders.cancelled_at IS NULL
    AND COALESCE(orders.currency, $currency) = $currency
)
SELECT month, delivery_option, is_new,
       CAST(FLOOR(value / $width) AS BIGINT) AS bin,
       COUNT(*) AS n_orders,
       SUM(CASE WHEN charge > 0 THEN 0 ELSE 1 END) AS n_free,
       SUM(charge) AS charged,
       SUM(value) AS value,
       SUM(earned) AS earned,
       SUM(earned * earned) AS earned_squared
FROM baskets
WHERE value > 0 AND value < $most AND earned IS NOT NULL
GROUP BY month, delivery_option, is_new, CAST(FLOOR(value / $width) AS BIGINT)
