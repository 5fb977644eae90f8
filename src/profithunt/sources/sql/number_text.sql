/* A number as people write it, as plain digits with a point; null when it is none. X_VALUE has no currency in it, its
   minus signs and spaces are the plain ones. */
CASE
  WHEN REGEXP_FULL_MATCH(X_VALUE, 'X_PATTERN') AND REGEXP_MATCHES(X_VALUE, '\d')
  THEN CASE WHEN REGEXP_MATCHES(X_VALUE, '^\(|^-|-\s*$|-\s*\)$|^\s*-') THEN '-' ELSE '' END
       || REPLACE(REGEXP_REPLACE(X_VALUE, 'X_STRIP', '', 'g'), 'X_DECIMAL', '.')
END
