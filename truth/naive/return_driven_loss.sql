SELECT sku, X_DIV(SUM(units_returned), SUM(units)) AS rate FROM ledger WHERE entry = 'line' AND units > 0 GROUP BY sku
