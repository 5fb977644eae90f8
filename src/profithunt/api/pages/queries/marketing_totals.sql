/* ---
what = "Spend, and what the orders earned that have credit to a marketing channel."
--- */
SELECT SUM(marketing) AS marketing, SUM(net_sales) AS net_sales,
       SUM(CASE WHEN member <> 'unallocated' THEN cm2 END) AS led_cm2,
       SUM(CASE WHEN member <> 'unallocated' THEN cm3 END) AS led_cm3
FROM profit_slices
WHERE dimension = 'marketing_channel'
