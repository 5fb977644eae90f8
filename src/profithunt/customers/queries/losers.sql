/* ---
what = "Customers that lose money in one way or in any, the worst first."
--- */
SELECT customer_id, segment, n_orders, cm3, basket, discount, returns, delivery, service, acquisition, gap
FROM customer_explained
WHERE segment IS NOT NULL AND ($segment = '' OR segment = $segment)
ORDER BY cm3, customer_id
