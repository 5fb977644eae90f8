/* ---
what = "The whale curve: cumulative profit over customers from best to worst, at each of 200 steps, and at its peak."
--- */
WITH ranked AS (
  SELECT customer_id, cm3,
         ROW_NUMBER() OVER (ORDER BY cm3 DESC, customer_id ASC) AS place,
         SUM(cm3) OVER (ORDER BY cm3 DESC, customer_id ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto,
         COUNT(*) OVER (PARTITION BY 1) AS n,
         SUM(cm3) OVER (PARTITION BY 1) AS total
  FROM customer_profit
)
SELECT place, upto, cm3, n, total
FROM ranked
WHERE cm3 IS NOT NULL
  AND (MOD(place, GREATEST(CAST(CEIL(n / 200.0) AS BIGINT), 1)) = 0 OR place = 1 OR place = n)
ORDER BY place
