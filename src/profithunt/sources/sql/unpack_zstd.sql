/* A .zst text file, unpacked line by line: every byte is read as one Latin-1 character and nothing is a delimiter. */
COPY (
  SELECT COALESCE(line, '') AS line
  FROM read_csv(
    'X_PATH', compression = 'zstd', auto_detect = FALSE, header = FALSE, columns = {'line': 'VARCHAR'},
    delim = 'X_UNIT', quote = '', escape = '', encoding = 'latin-1', strict_mode = FALSE
  )
) TO 'X_TARGET' WITH (FORMAT csv, HEADER FALSE, QUOTE '', DELIMITER 'X_UNIT', ESCAPE '')
