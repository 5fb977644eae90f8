/* ---
what = "Delivered orders by month, delivery option and basket value: what they paid for delivery, earned, and cost to deliver."
grain = ["month", "delivery_option", "is_new", "bin"]
[columns]
month = "date | month of the order"
delivery_option = "text | delivery option"
is_new = "bool | the first order of a known customer"
bin = "int | basket value ÷ width, rounded down"
n_orders = "int | orders"
n_free = "int | of them delivered free"
charged = "rate | delivery charges, as the customer paid them"
value = "rate | basket value, as the customer saw it"
served = "rate | carriage, service and concessions, shop currency"
earned = "rate | contribution (CM2) without what the customer paid for delivery"
profit_squared = "rate | sum of the squares of contribution (CM2)"
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
  SELECT p.ordered_month AS month, o.delivery_option,
         CASE WHEN o.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new,
         CAST(o.shipping_charged AS DOUBLE) AS charge,
         goods.value - CAST(COALESCE(o.order_discount, 0) AS DOUBLE) AS value,
         -CAST(COALESCE(p.carriage, 0) + COALESCE(p.service, 0) + COALESCE(p.concessions, 0) AS DOUBLE) AS served,
         CAST(p.cm2 - p.shipping_income AS DOUBLE) AS earned,
         CAST(p.cm2 AS DOUBLE) AS profit
  FROM goods
  INNER JOIN orders AS o ON o.order_id = goods.order_id
  INNER JOIN order_profit AS p ON p.order_id = goods.order_id
  LEFT JOIN firsts ON firsts.customer_id = o.customer_id
  WHERE o.shipping_charged IS NOT NULL AND o.delivery_option IS NOT NULL AND o.cancelled_at IS NULL
    AND COALESCE(o.currency, $currency) = $currency
)
SELECT month, delivery_option, is_new, CAST(FLOOR(value / $width) AS BIGINT) AS bin, COUNT(*) AS n_orders,
       SUM(CASE WHEN charge > 0 THEN 0 ELSE 1 END) AS n_free, SUM(charge) AS charged, SUM(value) AS value,
       SUM(served) AS served, SUM(earned) AS earned, SUM(profit * profit) AS profit_squared
FROM baskets
WHERE value > 0 AND value < $most AND earned IS NOT NULL
GROUP BY month, delivery_option, is_new, CAST(FLOOR(value / $width) AS BIGINT)
