/* ---
what = "SKUs as points: how often they were viewed against contribution profit."
--- */
WITH seen AS (
  SELECT sku, COUNT(*) AS n FROM events WHERE kind = 'view' AND sku IS NOT NULL GROUP BY sku
)
SELECT COALESCE(sku_profit.name, sku_profit.sku) AS name, sku_profit.sku AS sku,
       CAST(COALESCE(seen.n, 0) AS DOUBLE) AS x, CAST(sku_profit.cm3 AS DOUBLE) AS y
FROM sku_profit
LEFT JOIN seen ON seen.sku = sku_profit.sku
WHERE sku_profit.cm3 IS NOT NULL
  AND ($category = '' OR sku_profit.category = $category) AND ($brand = '' OR sku_profit.brand = $brand)
