/* How one text column writes numbers: filled cells, plain ones, and cells that can only be read with a comma or a point
   as the decimal sign. */
SELECT
  COUNT(X_VALUE) AS n,
  COUNT(TRY_CAST(X_VALUE AS DOUBLE)) AS plain,
  COUNT(*) FILTER (WHERE REGEXP_MATCHES(X_VALUE, ',\d{1,2}\D*$|,\d{4,}\D*$|\.\d{3},\d')) AS comma,
  COUNT(*) FILTER (WHERE REGEXP_MATCHES(X_VALUE, '\.\d{1,2}\D*$|\.\d{4,}\D*$|,\d{3}\.\d')) AS point,
  COUNT(*) FILTER (WHERE REGEXP_MATCHES(X_VALUE, '[\p{L}\p{Sc}]')) AS marked
