SELECT sku, X_DIV(SUM(cancelled_quantity), SUM(quantity)) AS rate FROM order_lines GROUP BY sku
