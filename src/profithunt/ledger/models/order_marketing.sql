/* ---
what = "Marketing of each order: the spend of a month and keyword over the orders credited to it, by credit, to the cent."
grain = ["order_id", "touch_id", "pool_no"]
empty_with = ["spend_pools"]
dirty_key = "month"
[columns]
order_id = "text | order"
touch_id = "text | touch that the spend paid for"
pool_no = "int | pool of spend"
month = "date | month of the spend"
cost = "money | spend attributed to the order through this touch"
[dirty]
order_credits = "SELECT X_MONTH(touched_on) AS month FROM changed"
[reads]
order_credits = "X_MONTH(touched_on)"
--- */
WITH keys AS (
  SELECT X_MONTH(touched_on) AS month, marketing_channel, campaign, ad_group, keyword,
         X_TEXT_KEY(marketing_channel, campaign, ad_group, keyword) AS touch_key
  FROM order_credits
  GROUP BY X_MONTH(touched_on), marketing_channel, campaign, ad_group, keyword
),
levels AS (
  SELECT level FROM spend_pools GROUP BY level
),
leveled AS (
  SELECT keys.month AS month, keys.touch_key AS touch_key,
         X_TEXT_KEY(
           CASE WHEN levels.level >= 1 THEN keys.marketing_channel END,
           CASE WHEN levels.level >= 2 THEN keys.campaign END,
           CASE WHEN levels.level >= 3 THEN keys.ad_group END,
           CASE WHEN levels.level >= 4 THEN keys.keyword END
         ) AS pool,
         levels.level AS level
  FROM keys
  CROSS JOIN levels
),
met AS (
  SELECT leveled.month AS month, leveled.touch_key AS touch_key, spend_pools.pool_no AS pool_no, spend_pools.cost AS cost
  FROM leveled
  JOIN spend_pools
    ON spend_pools.month = leveled.month AND spend_pools.level = leveled.level AND spend_pools.pool = leveled.pool
),
credited AS (
  SELECT order_id, touch_id, credit, X_MONTH(touched_on) AS month,
         X_TEXT_KEY(marketing_channel, campaign, ad_group, keyword) AS touch_key
  FROM order_credits
),
summed AS (
  SELECT credited.order_id AS order_id, credited.touch_id AS touch_id, met.pool_no AS pool_no, met.month AS month,
         met.cost AS cost, credited.credit AS credit,
         SUM(credited.credit) OVER (
           PARTITION BY met.pool_no ORDER BY credited.order_id, credited.touch_id
           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS upto,
         SUM(credited.credit) OVER (PARTITION BY met.pool_no) AS total
  FROM credited
  JOIN met ON met.month = credited.month AND met.touch_key = credited.touch_key
)
SELECT order_id, touch_id, pool_no, month, X_ALLOCATE(cost, X_DIV(upto - credit, total), X_DIV(upto, total)) AS cost
FROM summed
