/* ---
what = "Customers with an order of known fate, and those who had anything go wrong, within days of the order."
--- */
WITH people AS (
  SELECT customer_id, MAX(failed) AS failed
  FROM defect_orders
  WHERE customer_id IS NOT NULL AND failed IS NOT NULL AND ordered_on >= $first AND ordered_on <= $last AND X_PART(chosen)
  GROUP BY customer_id
)
SELECT COUNT(*) AS n_customers, COALESCE(SUM(failed), 0) AS n_failed FROM people
