/* Why a filled cell is no number. */
CASE
  WHEN X_VALUE LIKE '#%' THEN 'error value of a spreadsheet'
  WHEN REGEXP_FULL_MATCH(LOWER(X_VALUE), '[-+]?(nan|inf|infinity)') THEN 'not a finite number'
  WHEN TRY_CAST(X_VALUE AS DOUBLE) IS NOT NULL THEN 'X_RANGE'
  ELSE 'X_OTHER'
END
