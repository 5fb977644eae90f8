/* ---
what = "How many customers share a frequency, a recency and an age."
--- */
SELECT segment,
       X_PART(purchases) - 1 AS frequency,
       X_PART(recency) AS recency_days,
       X_PART(age) AS age_days,
       CAST(COUNT(*) AS DOUBLE) AS customers
FROM clv_histories
WHERE X_PART(purchases) > 0
GROUP BY segment, X_PART(purchases), X_PART(recency), X_PART(age)
ORDER BY segment, frequency, age_days, recency_days
