/* ---
what = "What customers did after an order, by its delivery option and mix: each customer's first order in the window."
grain = ["month", "region", "is_new", "band", "delivery_option"]
[columns]
month = "date | month of the order"
region = "text | region, else country"
is_new = "bool | it was the customer's first order of all"
band = "int | doublings of its net sales"
delivery_option = "text | delivery option"
n_customers = "int | customers"
n_again = "int | of them with another order within the horizon"
again = "rate | orders within the horizon after it"
again_squared = "rate | sum of its squares, by customer"
later = "rate | contribution (CM2) of those orders, shop currency"
later_squared = "rate | sum of its squares, by customer"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at FROM order_profit WHERE customer_id IS NOT NULL GROUP BY customer_id
),
known AS (
  SELECT o.order_id, p.customer_id, p.ordered_month, p.ordered_at, p.ordered_on, COALESCE(p.region, p.country, 'all') AS region,
         o.delivery_option,
         CASE WHEN p.net_sales > 1 THEN CAST(FLOOR(LN(CAST(p.net_sales AS DOUBLE)) / LN(2.0)) AS BIGINT) ELSE 0 END AS band,
         ROW_NUMBER() OVER (PARTITION BY p.customer_id ORDER BY p.ordered_at, o.order_id) AS place
  FROM orders AS o
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  WHERE o.delivery_option IS NOT NULL AND o.cancelled_at IS NULL AND p.customer_id IS NOT NULL
    AND X_ADD_DAYS(p.ordered_on, $horizon) <= $until
),
chosen AS (
  SELECT order_id, customer_id, ordered_month, ordered_at, ordered_on, region, delivery_option, band FROM known WHERE place = 1
),
after AS (
  SELECT c.order_id, COUNT(l.order_id) AS n_later, COALESCE(SUM(CAST(l.cm2 AS DOUBLE)), 0) AS later
  FROM chosen AS c
  LEFT JOIN order_profit AS l
    ON l.customer_id = c.customer_id AND l.ordered_at > c.ordered_at AND l.ordered_on <= X_ADD_DAYS(c.ordered_on, $horizon)
  GROUP BY c.order_id
)
SELECT c.ordered_month AS month, c.region,
       CASE WHEN c.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new, c.band, c.delivery_option,
       COUNT(*) AS n_customers, COUNT(CASE WHEN a.n_later > 0 THEN 1 END) AS n_again,
       SUM(CAST(a.n_later AS DOUBLE)) AS again, SUM(CAST(a.n_later AS DOUBLE) * CAST(a.n_later AS DOUBLE)) AS again_squared,
       SUM(a.later) AS later, SUM(a.later * a.later) AS later_squared
FROM chosen AS c
INNER JOIN after AS a ON a.order_id = c.order_id
INNER JOIN firsts ON firsts.customer_id = c.customer_id
GROUP BY c.ordered_month, c.region, CASE WHEN c.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END, c.band, c.delivery_option
