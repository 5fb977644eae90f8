/* ---
what = "Where the shop and a rival cut the price of a SKU in turn over the last 91 days."
grain = ["sku", "competitor"]
[columns]
sku = "text | SKU"
competitor = "text | competitor"
own_cuts = "int | times that the own price fell by 2 % or more below all before"
rival_cuts = "int | the same of the rival's"
turns = "int | how often the one followed the other"
last_cut_on = "date | day of the last cut"
at_war = "bool | each cut twice or more, in turn, the last time within 28 days"
[checks]
unique = true
--- */
WITH rival_steps AS (
  SELECT sku, competitor, checked_on AS day, price,
         MIN(price) OVER (PARTITION BY sku, competitor ORDER BY checked_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS low
  FROM rival_prices
  WHERE in_stock AND checked_on > X_ADD_DAYS($as_of, -91) AND checked_on <= $as_of
),
own_steps AS (
  SELECT sku, GREATEST(starts_on, X_ADD_DAYS($as_of, -91)) AS day, price,
         MIN(price) OVER (PARTITION BY sku ORDER BY starts_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS low
  FROM own_prices
  WHERE COALESCE(ends_on, $as_of) > X_ADD_DAYS($as_of, -91)
),
pairs AS (
  SELECT sku, competitor FROM rival_steps GROUP BY sku, competitor
),
cuts AS (
  SELECT sku, competitor, day, 1 AS side FROM rival_steps WHERE CAST(price AS DOUBLE) <= 0.98 * CAST(low AS DOUBLE)
  UNION ALL
  SELECT own_steps.sku, pairs.competitor, own_steps.day, 0
  FROM own_steps
  JOIN pairs ON pairs.sku = own_steps.sku
  WHERE CAST(own_steps.price AS DOUBLE) <= 0.98 * CAST(own_steps.low AS DOUBLE)
),
turned AS (
  SELECT sku, competitor, day, side, LAG(side) OVER (PARTITION BY sku, competitor ORDER BY day, side) AS before FROM cuts
),
told AS (
  SELECT sku, competitor,
         COUNT(CASE WHEN side = 0 THEN 1 END) AS own_cuts,
         COUNT(CASE WHEN side = 1 THEN 1 END) AS rival_cuts,
         COUNT(CASE WHEN side <> before THEN 1 END) AS turns,
         MAX(day) AS last_cut_on
  FROM turned
  GROUP BY sku, competitor
)
SELECT sku, competitor, own_cuts, rival_cuts, turns, last_cut_on,
       own_cuts >= 2 AND rival_cuts >= 2 AND turns >= 3 AND last_cut_on > X_ADD_DAYS($as_of, -28) AS at_war
FROM told
WHERE own_cuts > 0 AND rival_cuts > 0
