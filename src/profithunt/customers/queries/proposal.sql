/* ---
what = "What a plan is made from: cohorts of all customers."
--- */
SELECT cohort_month, months_since, complete, n_acquired, n_retained, n_orders, net_sales, cm2, cm3
FROM cohorts
WHERE dimension = 'all' AND cohort_month IS NOT NULL
ORDER BY cohort_month, months_since
