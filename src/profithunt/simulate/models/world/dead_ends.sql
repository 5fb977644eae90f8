/* ---
what = "Products that an advertisement still leads to although there is none to sell: one slow seller for each such keyword."
grain = ["problem"]
[columns]
problem = "text | problem"
keyword_no = "int | keyword"
sku_no = "int | SKU"
starts_no = "int | first day"
ends_no = "int | last day"
strength = "rate | share of the keyword's clicks that end there"
--- */
WITH slow AS (
  SELECT sku_no, ROW_NUMBER() OVER (ORDER BY popularity, sku_no) AS place
  FROM skus
  WHERE launched_no < 0 AND ends_no IS NULL
),
dead AS (
  SELECT problem, member_no AS keyword_no, starts_no, ends_no, strength,
         ROW_NUMBER() OVER (ORDER BY problem) AS place
  FROM levers
  WHERE family = 'keyword' AND lever = 'dead_clicks'
)
SELECT d.problem, d.keyword_no, s.sku_no, d.starts_no, d.ends_no, d.strength
FROM dead AS d
INNER JOIN slow AS s ON s.place = d.place
