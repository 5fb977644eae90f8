/* ---
what = "One SKU by month: units and contribution profit."
--- */
SELECT month, units, units_returned, net_sales, cm3
FROM served_sku_months
WHERE sku = $sku
ORDER BY month
