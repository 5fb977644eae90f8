/* ---
what = "SKUs as points: units sold against contribution profit."
--- */
SELECT COALESCE(name, sku) AS name, sku, CAST(units AS DOUBLE) AS x, CAST(cm3 AS DOUBLE) AS y
FROM sku_profit
WHERE cm3 IS NOT NULL AND ($category = '' OR category = $category) AND ($brand = '' OR brand = $brand)
