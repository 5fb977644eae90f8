/* ---
what = "Members of a dimension of marketing touches: spend, and what the orders credited to them earned."
--- */
SELECT member, 0 - marketing AS spend, net_sales, cm2, cm3, X_DIV(cm2, 0 - marketing) AS back
FROM profit_slices
WHERE dimension = $dimension AND member <> 'unallocated'
