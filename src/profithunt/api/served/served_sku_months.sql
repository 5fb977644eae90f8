/* ---
what = "SKUs by month: one row each, with units and contribution profit."
--- */
SELECT sku, SUBSTRING(CAST(ordered_month AS TEXT), 1, 7) AS month, SUM(units) AS units,
       SUM(units_returned) AS units_returned, SUM(net_sales) AS net_sales, X_SUM(cm3) AS cm3
FROM ledger
WHERE sku IS NOT NULL
GROUP BY sku, SUBSTRING(CAST(ordered_month AS TEXT), 1, 7)
