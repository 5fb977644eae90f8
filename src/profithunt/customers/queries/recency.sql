/* ---
what = "Customers by months of silence."
--- */
SELECT months_silent, n_customers, n_at_risk, n_ordered FROM order_recency ORDER BY months_silent
