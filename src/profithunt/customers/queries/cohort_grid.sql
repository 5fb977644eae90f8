/* ---
what = "Cohorts of one dimension as a whole grid: what has not happened yet is null. Per customer acquired, beside plan."
--- */
WITH places AS (
  SELECT months_since FROM cohorts WHERE dimension = 'all' AND cohort_month IS NOT NULL GROUP BY months_since
),
cohort_heads AS (
  SELECT member, cohort_month, MAX(n_acquired) AS n_acquired, MAX(acquisition_spend) AS acquisition_spend
  FROM cohorts
  WHERE dimension = $dimension AND cohort_month IS NOT NULL
  GROUP BY member, cohort_month
),
planned AS (
  SELECT month AS cohort_month, member AS months_since,
         MAX(CASE WHEN metric = 'retained_share' THEN value END) AS retained_share,
         MAX(CASE WHEN metric = 'orders_per_acquired' THEN value END) AS orders_per_acquired,
         MAX(CASE WHEN metric = 'net_sales_per_acquired' THEN value END) AS net_sales_per_acquired,
         MAX(CASE WHEN metric = 'cm2_per_acquired' THEN value END) AS cm2_per_acquired,
         MAX(CASE WHEN metric = 'cm3_per_acquired' THEN value END) AS cm3_per_acquired
  FROM planned_figures
  WHERE dimension = 'months_since' AND $dimension = 'all'
  GROUP BY month, member
),
grid AS (
  SELECT cohort_heads.member AS member, cohort_heads.cohort_month AS cohort_month, places.months_since AS months_since,
         cohort_heads.n_acquired AS n_acquired, cohort_heads.acquisition_spend AS acquisition_spend,
         cells.month AS month, cells.complete AS complete, cells.n_retained AS n_retained, cells.n_orders AS n_orders,
         cells.net_sales AS net_sales, cells.cm2 AS cm2, cells.cm3 AS cm3,
         CASE WHEN COUNT(cells.cm2) OVER upto = COUNT(*) OVER upto THEN SUM(cells.cm2) OVER upto END AS cm2_upto,
         CASE WHEN COUNT(cells.cm3) OVER upto = COUNT(*) OVER upto THEN SUM(cells.cm3) OVER upto END AS cm3_upto
  FROM cohort_heads
  CROSS JOIN places
  LEFT JOIN cohorts AS cells
    ON cells.dimension = $dimension AND cells.member = cohort_heads.member
    AND cells.cohort_month = cohort_heads.cohort_month AND cells.months_since = places.months_since
  WINDOW upto AS (
    PARTITION BY cohort_heads.member, cohort_heads.cohort_month ORDER BY places.months_since
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
),
measured AS (
  SELECT member, cohort_month, months_since, month, complete, n_acquired, acquisition_spend,
         X_DIV(acquisition_spend, n_acquired) AS cac, n_retained, n_orders, net_sales, cm2, cm3,
         X_DIV(n_retained, n_acquired) AS retained_share,
         X_DIV(n_orders, n_acquired) AS orders_per_acquired,
         X_DIV(net_sales, n_acquired) AS net_sales_per_acquired,
         X_DIV(cm2, n_acquired) AS cm2_per_acquired,
         X_DIV(cm3, n_acquired) AS cm3_per_acquired,
         X_DIV(cm2_upto, n_acquired) AS cumulative_cm2_per_acquired,
         X_DIV(cm3_upto, n_acquired) AS cumulative_cm3_per_acquired
  FROM grid
)
SELECT measured.member AS member, measured.cohort_month AS cohort_month, measured.months_since AS months_since,
       measured.month AS month, measured.complete AS complete, measured.n_acquired AS n_acquired,
       measured.acquisition_spend AS acquisition_spend, measured.cac AS cac,
       MIN(CASE WHEN measured.cumulative_cm2_per_acquired >= measured.cac THEN measured.months_since END) OVER (
         PARTITION BY measured.member, measured.cohort_month
       ) AS payback_month,
       measured.n_retained AS n_retained, measured.n_orders AS n_orders, measured.net_sales AS net_sales,
       measured.cm2 AS cm2, measured.cm3 AS cm3,
       measured.retained_share AS retained_share, measured.orders_per_acquired AS orders_per_acquired,
       measured.net_sales_per_acquired AS net_sales_per_acquired, measured.cm2_per_acquired AS cm2_per_acquired,
       measured.cm3_per_acquired AS cm3_per_acquired,
       measured.cumulative_cm2_per_acquired AS cumulative_cm2_per_acquired,
       measured.cumulative_cm3_per_acquired AS cumulative_cm3_per_acquired,
       planned.retained_share AS planned_retained_share, planned.orders_per_acquired AS planned_orders_per_acquired,
       planned.net_sales_per_acquired AS planned_net_sales_per_acquired,
       planned.cm2_per_acquired AS planned_cm2_per_acquired, planned.cm3_per_acquired AS planned_cm3_per_acquired
FROM measured
LEFT JOIN planned
  ON planned.cohort_month = measured.cohort_month
  AND planned.months_since = CAST(CAST(measured.months_since AS BIGINT) AS TEXT)
WHERE measured.n_acquired > 0
ORDER BY member, cohort_month, months_since
