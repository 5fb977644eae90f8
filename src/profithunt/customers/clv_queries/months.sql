/* ---
what = "First and repeat purchases by month, whole months only."
--- */
WITH numbered AS (
  SELECT X_MONTH(ordered_on) AS month, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_on) AS number
  FROM clv_purchases
)
SELECT month,
       CAST(MONTH(month) AS DOUBLE) AS month_of_year,
       CAST(SUM(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS DOUBLE) AS new,
       CAST(SUM(CASE WHEN number > 1 THEN 1 ELSE 0 END) AS DOUBLE) AS again
FROM numbered
WHERE X_ADD_MONTHS(month, 1) <= X_ADD_DAYS($until, 1)
GROUP BY month
ORDER BY month
