/* ---
what = "One SKU by month: units and contribution profit."
--- */
SELECT SUBSTRING(CAST(ordered_month AS TEXT), 1, 7) AS month, SUM(units) AS units, SUM(units_returned) AS units_returned,
       SUM(net_sales) AS net_sales, X_SUM(cm3) AS cm3
FROM ledger
WHERE sku = $sku
GROUP BY SUBSTRING(CAST(ordered_month AS TEXT), 1, 7)
ORDER BY month
