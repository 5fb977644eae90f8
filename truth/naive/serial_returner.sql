SELECT customer_id, X_DIV(SUM(units_returned), SUM(units)) AS rate
FROM ledger WHERE entry = 'line' AND customer_id IS NOT NULL AND units > 0
GROUP BY customer_id
