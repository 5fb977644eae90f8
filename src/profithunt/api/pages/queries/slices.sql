/* ---
what = "The members of one dimension with their profit and their share of net sales."
--- */
SELECT member, list_sales, net_sales, cm1, cm2, cm3, X_DIV(cm3, net_sales) AS margin, marketing
FROM profit_slices
WHERE dimension = $dimension
