/* How one text column writes times: filled cells, ISO ones, ISO ones that carry a zone. */
SELECT
  COUNT(X_VALUE) AS n,
  COUNT(*) FILTER (WHERE TRY_CAST(X_VALUE AS TIMESTAMP) >= CAST('1000-01-01' AS TIMESTAMP)) AS iso,
  COUNT(*) FILTER (WHERE REGEXP_MATCHES(X_VALUE, 'X_ZONED')) AS zoned
