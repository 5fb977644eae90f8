/* ---
what = "Lists to pick from, two thousand slots each; a hash picks the slot."
grain = ["wheel", "slot"]
[columns]
wheel = "text | list"
slot = "int | slot"
member_no = "int | member"
--- */
WITH weights AS (
  SELECT 'region' AS wheel, region_no AS member_no, share AS weight FROM regions
  UNION ALL SELECT 'carrier', carrier_no, share FROM carriers
  UNION ALL SELECT 'first', channel_no, "first" FROM channels
  UNION ALL SELECT 'later', channel_no, later FROM channels
  UNION ALL SELECT 'browse', channel_no, browse FROM channels
  UNION ALL SELECT 'keyword', keyword_no, weight FROM keywords
  UNION ALL SELECT 'page', page_no, weight FROM pages
  UNION ALL SELECT 'search', search_no, weight FROM searches
),
spans AS (
  SELECT wheel, member_no,
         X_DIV(SUM(weight) OVER (PARTITION BY wheel ORDER BY member_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - weight,
               SUM(weight) OVER (PARTITION BY wheel)) * 2000 AS before,
         X_DIV(SUM(weight) OVER (PARTITION BY wheel ORDER BY member_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
               SUM(weight) OVER (PARTITION BY wheel)) * 2000 AS upto
  FROM weights
)
SELECT s.wheel, n.n AS slot, s.member_no
FROM spans AS s
INNER JOIN numbers AS n ON n.n + 0.5 >= s.before AND n.n + 0.5 < s.upto
WHERE n.n < 2000
