/* ---
what = "Who buys one SKU: customers with what they spent on it, whether it was in their first order, and what they are worth."
--- */
SELECT ledger.customer_id AS customer_id, COUNT(*) AS n_lines, SUM(ledger.net_sales) AS net_sales,
       X_SUM(ledger.cm3) AS cm3, MIN(ledger.ordered_on) AS first_on,
       MAX(CASE WHEN ledger.is_new_customer_order THEN 'yes' ELSE 'no' END) AS in_first_order,
       MAX(customer_profit.cm3) AS customer_cm3
FROM ledger
JOIN customer_profit ON customer_profit.customer_id = ledger.customer_id
WHERE ledger.sku = $sku
GROUP BY ledger.customer_id
