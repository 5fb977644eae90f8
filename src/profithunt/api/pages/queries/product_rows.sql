/* ---
what = "Every SKU with its sales, returns and profit."
--- */
SELECT sku, name, brand, category, units, X_DIV(units_returned, units) AS returned_share, net_sales, cm2, cm3,
       X_DIV(cm3, net_sales) AS margin
FROM sku_profit
WHERE ($category = '' OR category = $category) AND ($brand = '' OR brand = $brand)
