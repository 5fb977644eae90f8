/* ---
what = "Headline of the whale curve: the peak, who lies behind it, top shares and Gini (on values above zero only)."
--- */
WITH ranked AS (
  SELECT cm3,
         ROW_NUMBER() OVER (ORDER BY cm3 DESC, customer_id ASC) AS place,
         COUNT(*) OVER (PARTITION BY 1) AS n
  FROM customer_profit
  WHERE cm3 IS NOT NULL
)
SELECT MAX(n) AS n_customers,
       SUM(cm3) AS total,
       SUM(CASE WHEN cm3 > 0 THEN cm3 ELSE 0 END) AS peak,
       COUNT(CASE WHEN cm3 > 0 THEN 1 END) AS n_before_peak,
       COUNT(CASE WHEN cm3 < 0 THEN 1 END) AS n_losing,
       SUM(CASE WHEN cm3 < 0 THEN cm3 ELSE 0 END) AS lost,
       SUM(CASE WHEN place <= CEIL(n * 0.01) THEN cm3 ELSE 0 END) AS top_1,
       SUM(CASE WHEN place <= CEIL(n * 0.05) THEN cm3 ELSE 0 END) AS top_5,
       SUM(CASE WHEN place <= CEIL(n * 0.10) THEN cm3 ELSE 0 END) AS top_10,
       SUM(CASE WHEN place <= CEIL(n * 0.20) THEN cm3 ELSE 0 END) AS top_20,
       X_DIV(
         SUM(CASE WHEN cm3 >= 0 THEN CAST(cm3 AS DOUBLE) * place ELSE 0 END),
         SUM(CASE WHEN cm3 >= 0 THEN cm3 ELSE 0 END)
       ) AS mean_place,
       COUNT(CASE WHEN cm3 >= 0 THEN 1 END) AS n_not_losing
FROM ranked
