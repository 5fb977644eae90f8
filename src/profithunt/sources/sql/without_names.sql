/* A text without the words whose keyed hashes are known as the customer's names. */
CASE
  WHEN X_KNOWN IS NULL OR X_VALUE IS NULL THEN X_VALUE
  ELSE REGEXP_REPLACE(
    X_VALUE,
    CONCAT(
      '(?i)(^|[^\p{L}])(',
      COALESCE(
        NULLIF(
          ARRAY_TO_STRING(
            LIST_FILTER(
              REGEXP_EXTRACT_ALL(LOWER(X_VALUE), '[\p{L}]{2,}'),
              LAMBDA w : CONTAINS(X_KNOWN, SUBSTRING(MD5(CONCAT('X_KEY', w)), 1, 12))
            ),
            '|'
          ),
          ''
        ),
        '[^\s\S]'
      ),
      ')($|[^\p{L}])'
    ),
    '\1[name]\3',
    'g'
  )
END
