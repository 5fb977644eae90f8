/* ---
what = "Who bought which SKU: one row a SKU and customer, with what was spent on it and whether it was in their first order."
--- */
SELECT sku, customer_id, COUNT(*) AS n_lines, SUM(net_sales) AS net_sales, X_SUM(cm3) AS cm3,
       MIN(ordered_on) AS first_on, MAX(CASE WHEN is_new_customer_order THEN 'yes' ELSE 'no' END) AS in_first_order
FROM ledger
WHERE sku IS NOT NULL AND customer_id IS NOT NULL
GROUP BY sku, customer_id
