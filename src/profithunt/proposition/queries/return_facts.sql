/* ---
what = "Orders whose returns are in, by kind of customer: what was sold, kept and returned, and what each earned."
grain = ["segment"]
[columns]
segment = "text | kind of customer"
n_orders = "int | orders"
n_customers = "int | customers known by name"
n_returners = "int | of them with a return"
value = "rate | value sold, net of discounts"
profit = "rate | contribution (CM2)"
squares = "rate | sum of its squares over orders"
n_returned = "int | lines returned"
returned_value = "rate | their value"
kept_value = "rate | value of lines without a return whose cost is known"
kept_profit = "rate | their CM2"
whole_value = "rate | value of lines returned whole whose cost is known"
whole_profit = "rate | their CM2"
--- */
WITH lines AS (
  SELECT order_id,
         SUM(CAST(list_sales + markdown + promotion AS DOUBLE)) AS value,
         SUM(CASE WHEN units_returned > 0 THEN 1 ELSE 0 END) AS n_returned,
         SUM(CASE WHEN units_returned > 0 THEN CAST(list_sales + markdown + promotion AS DOUBLE) * X_DIV(LEAST(units_returned, units), units) ELSE 0 END) AS returned_value,
         SUM(CASE WHEN units_returned = 0 AND cm2 IS NOT NULL THEN CAST(list_sales + markdown + promotion AS DOUBLE) ELSE 0 END) AS kept_value,
         SUM(CASE WHEN units_returned = 0 THEN CAST(cm2 AS DOUBLE) END) AS kept_profit,
         SUM(CASE WHEN units_returned >= units AND cm2 IS NOT NULL THEN CAST(list_sales + markdown + promotion AS DOUBLE) ELSE 0 END) AS whole_value,
         SUM(CASE WHEN units_returned >= units THEN CAST(cm2 AS DOUBLE) END) AS whole_profit
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND ordered_on > $since AND ordered_on <= $until
  GROUP BY order_id
)
SELECT COALESCE(return_customers.segment, 'seldom') AS segment,
       COUNT(*) AS n_orders,
       COUNT(DISTINCT order_profit.customer_id) AS n_customers,
       COUNT(DISTINCT CASE WHEN lines.n_returned > 0 THEN order_profit.customer_id END) AS n_returners,
       SUM(lines.value) AS value,
       SUM(CAST(order_profit.cm2 AS DOUBLE)) AS profit,
       SUM(CAST(order_profit.cm2 AS DOUBLE) * CAST(order_profit.cm2 AS DOUBLE)) AS squares,
       SUM(lines.n_returned) AS n_returned,
       SUM(lines.returned_value) AS returned_value,
       SUM(lines.kept_value) AS kept_value,
       SUM(lines.kept_profit) AS kept_profit,
       SUM(lines.whole_value) AS whole_value,
       SUM(lines.whole_profit) AS whole_profit
FROM lines
JOIN order_profit ON order_profit.order_id = lines.order_id
LEFT JOIN return_customers ON return_customers.customer_id = order_profit.customer_id
GROUP BY COALESCE(return_customers.segment, 'seldom')
