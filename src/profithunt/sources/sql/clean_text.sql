/* A cell without the spaces around it; null where nothing, or the word for nothing, is left. Cells that begin and end
   with a plain visible character need no trimming, which is the slow part. */
NULLIF(
  NULLIF(
    NULLIF(
      CASE
        WHEN ORD(X_VALUE) BETWEEN 33 AND 126 AND ORD(RIGHT(X_VALUE, 1)) BETWEEN 33 AND 126 THEN X_VALUE
        ELSE TRIM(X_VALUE, 'X_SPACES')
      END,
      ''
    ),
    'NULL'
  ),
  '\N'
)
