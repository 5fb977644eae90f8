/* What is kept of a row that was set aside; nothing of one that names an erased customer. */
CASE
  WHEN LEN(
    LIST_FILTER(
      REGEXP_EXTRACT_ALL(CONCAT(COALESCE(X_RECORD, ''), ' ', COALESCE(X_GIVEN, '')), '[^\s",;:{}\[\]\\]+'),
      LAMBDA w : LIST_CONTAINS(X_HASHES, SHA256(CONCAT('X_SALT', w)))
    )
  ) = 0
  THEN X_VALUE
END
