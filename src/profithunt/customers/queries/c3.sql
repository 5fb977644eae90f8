/* ---
what = "Each month's sales and profit by the month in which the customers were acquired; what belongs to no cohort has no cohort month."
--- */
SELECT month, cohort_month, complete, SUM(n_retained) AS n_customers, SUM(n_orders) AS n_orders,
       SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3
FROM cohorts
WHERE dimension = 'all'
GROUP BY month, cohort_month, complete
ORDER BY month ASC NULLS LAST, cohort_month ASC NULLS LAST
