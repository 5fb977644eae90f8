/* The words of a name or of an e-mail address before its @, each as a keyed hash: good for finding the same word in a
   text, not for reading it. Particles of names are words of the language as well and left out. */
ARRAY_TO_STRING(
  LIST_TRANSFORM(
    LIST_FILTER(
      REGEXP_EXTRACT_ALL(LOWER(REGEXP_REPLACE(X_VALUE, '@.*', '')), '[\p{L}]{2,}'),
      LAMBDA w : NOT LIST_CONTAINS(X_PARTICLES, w)
    ),
    LAMBDA w : SUBSTRING(MD5(CONCAT('X_KEY', w)), 1, 12)
  ),
  ' '
)
