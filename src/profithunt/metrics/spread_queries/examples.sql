/* ---
what = "The worst rows of each member by the name of their order; $sign is 1 where high is bad, else -1."
--- */
WITH placed AS (
  SELECT COALESCE(member, '') AS member, example,
         ROW_NUMBER() OVER (PARTITION BY member ORDER BY value * $sign DESC, example) AS place
  FROM spread_rows
  WHERE example IS NOT NULL AND value IS NOT NULL
)
SELECT member, example FROM placed WHERE place <= $n ORDER BY member, place
