/* A number's text with plain minus signs, spaces and apostrophes, and without its currency. */
TRIM(REGEXP_REPLACE(TRANSLATE(X_VALUE, 'X_FROM', 'X_TO'), 'X_CURRENCY', ''))
