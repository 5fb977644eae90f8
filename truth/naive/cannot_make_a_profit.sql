SELECT sku, -X_DIV(SUM(cm2), SUM(list_sales)) AS rate FROM ledger WHERE entry = 'line' AND list_sales > 0 GROUP BY sku
