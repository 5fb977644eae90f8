/* ---
what = "Who buys one SKU: customers with what they spent on it, whether it was in their first order, and what they are worth."
--- */
SELECT bought.customer_id AS customer_id, bought.n_lines AS n_lines, bought.net_sales AS net_sales, bought.cm3 AS cm3,
       bought.first_on AS first_on, bought.in_first_order AS in_first_order, customer_profit.cm3 AS customer_cm3
FROM served_sku_buyers AS bought
JOIN customer_profit ON customer_profit.customer_id = bought.customer_id
WHERE bought.sku = $sku
