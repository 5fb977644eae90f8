/* ---
what = "Contribution profit by month with the plan of the month, the same month a year before, and whether it is over."
--- */
SELECT months.member AS month, months.net_sales AS net_sales, months.cm3 AS cm3, before.cm3 AS prior
FROM profit_slices AS months
LEFT JOIN profit_slices AS before
  ON before.dimension = 'month'
  AND before.member = CONCAT(CAST(CAST(SUBSTRING(months.member, 1, 4) AS BIGINT) - 1 AS TEXT), SUBSTRING(months.member, 5, 3))
WHERE months.dimension = 'month' AND months.member <> 'unallocated'
ORDER BY month
