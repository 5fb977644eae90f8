/* ---
what = "How large the shop is: SKUs sold and customers who ordered in a year."
grain = []
[columns]
skus = "int | SKUs sold"
customers = "int | customers who ordered"
--- */
SELECT COUNT(DISTINCT sku) AS skus, COUNT(DISTINCT customer_id) AS customers
FROM ledger
WHERE entry = 'line' AND ordered_on > $since
