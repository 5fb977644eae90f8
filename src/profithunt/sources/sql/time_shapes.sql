/* The shapes of the times in one text column that are not ISO (digits as 9, letters as a), with what tells day from
   month: a first number above 12, a second number above 12. */
SELECT
  shape,
  COUNT(*) AS n,
  COUNT(*) FILTER (WHERE a > 12 AND b <= 12) AS day_first,
  COUNT(*) FILTER (WHERE b > 12 AND a <= 12) AS month_first
FROM (
  SELECT
    REGEXP_REPLACE(REGEXP_REPLACE(v, '\p{L}+', 'a', 'g'), '\d', '9', 'g') AS shape,
    TRY_CAST(REGEXP_EXTRACT(v, '^(\d{1,2})\D', 1) AS BIGINT) AS a,
    TRY_CAST(REGEXP_EXTRACT(v, '^\d{1,2}\D+(\d{1,2})\D', 1) AS BIGINT) AS b
  FROM (SELECT X_NORMAL AS v FROM X_TABLE WHERE COALESCE(TRY_CAST(X_VALUE AS TIMESTAMP) < CAST('1000-01-01' AS TIMESTAMP), TRUE)) AS plain
  WHERE NOT v IS NULL
) AS shaped
GROUP BY shape
ORDER BY n DESC, shape
LIMIT 500
