/* ---
what = "First and last day on which a known customer ordered."
--- */
SELECT MIN(X_DAY(ordered_at)) AS first_on, MAX(X_DAY(ordered_at)) AS last_on
FROM orders
WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
