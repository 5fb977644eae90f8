/* ---
what = "Customers by what is expected of 12 months, in equal steps up to the 99th percentile."
--- */
WITH known AS (
  SELECT CAST(clv_12m AS DOUBLE) AS value FROM customer_clv WHERE clv_12m IS NOT NULL
),
ends AS (
  SELECT LEAST(X_PERCENTILE(value, 0.005), 0.0) AS first, X_PERCENTILE(value, 0.99) AS last FROM known
),
placed AS (
  SELECT LEAST(GREATEST(CAST(FLOOR(X_DIV(known.value - ends.first, ends.last - ends.first) * 40.0) AS BIGINT), 0), 40) AS bin,
         ends.first AS first, ends.last AS last
  FROM known
  CROSS JOIN ends
  WHERE ends.last > ends.first
)
SELECT first + bin * (last - first) / 40.0 AS low, first + (bin + 1) * (last - first) / 40.0 AS high, COUNT(*) AS n
FROM placed
GROUP BY bin, first, last
ORDER BY low
