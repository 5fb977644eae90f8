/* ---
what = "The days on which each customer ordered; cancelled orders are left out."
grain = ["customer_id", "ordered_on"]
working = true
[columns]
customer_id = "text | customer"
ordered_on = "date | day in the shop's time zone"
active_until = "date | first day on which this order alone makes the customer active no longer"
n_orders = "int | orders of the day"
--- */
WITH days AS (
  SELECT customer_id, X_DAY(ordered_at) AS ordered_on, COUNT(*) AS n_orders
  FROM orders
  WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
  GROUP BY customer_id, X_DAY(ordered_at)
)
SELECT customer_id, ordered_on,
       CASE WHEN $active_days > 0 THEN X_ADD_DAYS(ordered_on, $active_days) ELSE X_ADD_MONTHS(ordered_on, $active_months) END AS active_until,
       n_orders
FROM days
