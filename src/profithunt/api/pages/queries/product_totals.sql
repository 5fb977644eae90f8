/* ---
what = "SKUs together: how many, how many lose money and how much, sales, profit, returns."
--- */
SELECT COUNT(*) AS n, COUNT(CASE WHEN cm3 < 0 THEN 1 END) AS n_losing,
       SUM(CASE WHEN cm3 < 0 THEN cm3 ELSE CAST(0 AS DECIMAL(18, 4)) END) AS lost, SUM(net_sales) AS net_sales,
       X_SUM(cm3) AS cm3, X_DIV(SUM(units_returned), SUM(units)) AS returned_share
FROM sku_profit
WHERE ($category = '' OR category = $category) AND ($brand = '' OR brand = $brand)
