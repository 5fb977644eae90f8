/* ---
what = "Orders by way of payment and kind of order: what they cost to take, what they earn, how many come back or are cancelled."
grain = ["payment_method", "segment"]
[columns]
payment_method = "text | way of payment"
segment = "text | first orders of customers, all others"
n_placed = "int | orders placed, those cancelled whole among them"
n_cancelled = "int | of them cancelled whole"
n_orders = "int | orders that were not"
value = "rate | value sold, net of discounts"
profit = "rate | contribution (CM2)"
squares = "rate | sum of its squares over orders"
fees = "rate | fees paid for taking it"
units = "rate | units"
units_returned = "rate | of them returned"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at
  FROM orders
  WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
  GROUP BY customer_id
)
SELECT orders.payment_method,
       CASE WHEN orders.ordered_at = firsts.first_at THEN 'first orders' ELSE 'all others' END AS segment,
       COUNT(*) AS n_placed,
       SUM(CASE WHEN orders.cancelled_at IS NOT NULL THEN 1 ELSE 0 END) AS n_cancelled,
       SUM(CASE WHEN orders.cancelled_at IS NULL AND order_profit.order_id IS NOT NULL THEN 1 ELSE 0 END) AS n_orders,
       SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.list_sales + order_profit.markdown + order_profit.promotion AS DOUBLE) END) AS value,
       SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.cm2 AS DOUBLE) END) AS profit,
       SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.cm2 AS DOUBLE) * CAST(order_profit.cm2 AS DOUBLE) END) AS squares,
       -SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.fees AS DOUBLE) END) AS fees,
       SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.units AS DOUBLE) END) AS units,
       SUM(CASE WHEN orders.cancelled_at IS NULL THEN CAST(order_profit.units_returned AS DOUBLE) END) AS units_returned
FROM orders
LEFT JOIN order_profit ON order_profit.order_id = orders.order_id
LEFT JOIN firsts ON firsts.customer_id = orders.customer_id
WHERE orders.payment_method IS NOT NULL
  AND X_DAY(orders.ordered_at) > $since AND X_DAY(orders.ordered_at) <= $until
GROUP BY orders.payment_method, CASE WHEN orders.ordered_at = firsts.first_at THEN 'first orders' ELSE 'all others' END
