/* ---
what = "Rows in bins of one width from $low; what lies beyond is in the outer bins."
--- */
WITH placed AS (
  SELECT CAST(LEAST(GREATEST(FLOOR((value - $low) / $width), 0), $last) AS INT) AS bin FROM spread_rows WHERE value IS NOT NULL
)
SELECT bin, COUNT(*) AS n FROM placed GROUP BY bin
