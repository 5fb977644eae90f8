/* ---
what = "The index of each trial: a customer's first order inside its window, whatever it held. Horizon 0 is today: the order that may come next."
grain = ["horizon_days", "customer_id"]
kind = "view"
[columns]
horizon_days = "int | days over which the outcome is counted; 0 for customers as they are now"
customer_id = "text | customer"
unit = "int | number of the customer in the trial, from 0"
place = "int | number of the index order among the customer's"
index_on = "date | day of the index order"
span_days = "int | how far back covariates look"
placebo_days = "int | days of profit before that span that the placebo counts; 0 where there are none"
--- */
WITH firsts AS (
  SELECT windows.horizon_days AS horizon_days, placed.customer_id AS customer_id, MIN(placed.place) AS place,
         MIN(placed.ordered_on) AS index_on, windows.span_days AS span_days, windows.placebo_days AS placebo_days
  FROM action_windows AS windows
  INNER JOIN action_orders AS placed
    ON placed.ordered_on >= windows.starts_on AND placed.ordered_on <= windows.ends_on AND placed.place IS NOT NULL
  WHERE windows.horizon_days > 0
  GROUP BY windows.horizon_days, placed.customer_id, windows.span_days, windows.placebo_days
),
numbered AS (
  SELECT horizon_days, customer_id, place, index_on, span_days, placebo_days,
         ROW_NUMBER() OVER (PARTITION BY horizon_days ORDER BY customer_id ASC NULLS LAST) - 1 AS number,
         COUNT(*) OVER (PARTITION BY horizon_days) AS n_customers
  FROM firsts
),
sampled AS (
  SELECT horizon_days, customer_id, place, index_on, span_days, placebo_days
  FROM numbered
  WHERE MOD(number, CAST(CEIL(X_DIV(n_customers, $max_customers)) AS BIGINT)) = 0
),
today AS (
  SELECT windows.horizon_days AS horizon_days, placed.customer_id AS customer_id, MAX(placed.place) + 1 AS place,
         windows.ends_on AS index_on, windows.span_days AS span_days, windows.placebo_days AS placebo_days
  FROM action_windows AS windows
  INNER JOIN action_orders AS placed ON placed.place IS NOT NULL
  WHERE windows.horizon_days = 0
  GROUP BY windows.horizon_days, placed.customer_id, windows.ends_on, windows.span_days, windows.placebo_days
  HAVING MAX(placed.ordered_on) > X_ADD_DAYS(windows.ends_on, -$active_days)
)
SELECT horizon_days, customer_id,
       ROW_NUMBER() OVER (PARTITION BY horizon_days ORDER BY customer_id ASC NULLS LAST) - 1 AS unit,
       place, index_on, span_days, placebo_days
FROM (
  SELECT horizon_days, customer_id, place, index_on, span_days, placebo_days FROM sampled
  UNION ALL
  SELECT horizon_days, customer_id, place, index_on, span_days, placebo_days FROM today
) AS indexed
