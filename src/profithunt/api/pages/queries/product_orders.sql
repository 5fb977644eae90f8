/* ---
what = "Orders with lines of one style, brand or category: what these lines earned."
--- */
SELECT ledger.order_id AS order_id, MIN(ledger.ordered_on) AS ordered_on, MIN(ledger.customer_id) AS customer_id,
       COUNT(*) AS n_lines, SUM(ledger.net_sales) AS net_sales, X_SUM(ledger.cm2) AS cm2, X_SUM(ledger.cm3) AS cm3
FROM ledger
JOIN products ON products.sku = ledger.sku
WHERE ledger.order_id IS NOT NULL AND X_PART(chosen) AND X_PART(period)
GROUP BY ledger.order_id
