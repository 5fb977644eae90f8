/* A cell without the spaces around it; null where nothing, or the word for nothing, is left. */
NULLIF(NULLIF(NULLIF(TRIM(X_VALUE, 'X_SPACES'), ''), 'NULL'), '\N')
