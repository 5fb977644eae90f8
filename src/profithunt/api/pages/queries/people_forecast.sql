/* ---
what = "Every customer with profit to date, what is expected of 12 months, how they came and how they lose money."
--- */
SELECT customer_profit.customer_id AS customer_id, customer_profit.first_ordered_on AS first_ordered_on,
       customer_profit.last_ordered_on AS last_ordered_on, customer_profit.n_orders AS n_orders,
       customer_profit.net_sales AS net_sales, customer_profit.cm3 AS cm3, customer_explained.segment AS segment,
       customer_explained.channel AS channel, customer_clv.clv_12m AS clv_12m, customer_clv.clv_12m_p10 AS low,
       customer_clv.clv_12m_p90 AS high, customer_clv.p_alive AS p_alive
FROM customer_profit
LEFT JOIN customer_explained ON customer_explained.customer_id = customer_profit.customer_id
LEFT JOIN customer_clv ON customer_clv.customer_id = customer_profit.customer_id
WHERE $segment = '' OR customer_explained.segment = $segment
