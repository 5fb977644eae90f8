/* ---
what = "Every customer with profit to date, what is expected of 12 months, how they came and how they lose money."
--- */
SELECT customer_profit.customer_id AS customer_id, customer_profit.first_ordered_on AS first_ordered_on,
       customer_profit.last_ordered_on AS last_ordered_on, customer_profit.n_orders AS n_orders,
       customer_profit.net_sales AS net_sales, customer_profit.cm3 AS cm3, customer_explained.segment AS segment,
       customer_explained.channel AS channel
FROM customer_profit
LEFT JOIN customer_explained ON customer_explained.customer_id = customer_profit.customer_id
WHERE $segment = '' OR customer_explained.segment = $segment
