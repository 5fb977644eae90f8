/* ---
what = "First order of each customer."
grain = ["customer_id"]
dirty_key = "customer_id"
scattered = true
[columns]
customer_id = "text | customer"
order_id = "text | the first order"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS ordered_at
  FROM orders
  WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
  GROUP BY customer_id
)
SELECT firsts.customer_id AS customer_id, MIN(orders.order_id) AS order_id
FROM firsts
JOIN orders ON orders.customer_id = firsts.customer_id AND orders.ordered_at = firsts.ordered_at
WHERE orders.cancelled_at IS NULL
GROUP BY firsts.customer_id
