/* ---
what = "Customers by how many whole months they have been silent, and how often customers silent for so long order in the month that follows."
grain = ["months_silent"]
[columns]
months_silent = "int | complete months since the month of the last order, 0 where that is the last complete month"
n_customers = "int | customers who are so now"
n_at_risk = "int | times that a customer was so at the end of a month and the next month is complete"
n_ordered = "int | of them, how many ordered in the next month"
--- */
WITH bought AS (
  SELECT customer_id, month
  FROM customer_months
  WHERE n_orders > 0 AND month <= $last_complete_month
),
gaps AS (
  SELECT X_MONTHS_BETWEEN(
           month, COALESCE(LEAD(month) OVER (PARTITION BY customer_id ORDER BY month), X_ADD_MONTHS($last_complete_month, 1))
         ) AS months,
         CASE WHEN LEAD(month) OVER (PARTITION BY customer_id ORDER BY month) IS NULL THEN 0 ELSE 1 END AS ordered
  FROM bought
),
counted AS (
  SELECT months, SUM(ordered) AS n_ordered, SUM(1 - ordered) AS n_silent
  FROM gaps
  GROUP BY months
),
places AS (
  SELECT X_MONTHS_BETWEEN(first_month, month) AS months_silent
  FROM calendar_months
  CROSS JOIN (SELECT MIN(month) AS first_month FROM calendar_months) AS began
)
SELECT places.months_silent AS months_silent,
       COALESCE(SUM(CASE WHEN counted.months = places.months_silent + 1 THEN counted.n_silent END), 0) AS n_customers,
       COALESCE(SUM(
         CASE WHEN counted.months > places.months_silent THEN counted.n_ordered
                + CASE WHEN counted.months > places.months_silent + 1 THEN counted.n_silent ELSE 0 END
         END
       ), 0) AS n_at_risk,
       COALESCE(SUM(CASE WHEN counted.months = places.months_silent + 1 THEN counted.n_ordered END), 0) AS n_ordered
FROM places
LEFT JOIN counted ON counted.months > places.months_silent
GROUP BY places.months_silent
