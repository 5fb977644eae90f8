/* ---
what = "Customers one by one, as the models score them."
--- */
SELECT place,
       segment,
       CAST(X_PART(purchases) - 1 AS DOUBLE) AS frequency,
       CAST(X_PART(recency) AS DOUBLE) AS recency_days,
       CAST(X_PART(age) AS DOUBLE) AS age_days,
       CAST(X_PART(valued) AS DOUBLE) AS orders,
       CAST(COALESCE(X_PART(profit), 0) AS DOUBLE) AS value,
       CAST(purchases_after AS DOUBLE) AS orders_after,
       CAST(profit_after AS DOUBLE) AS value_after
FROM clv_histories
WHERE X_PART(purchases) > 0
