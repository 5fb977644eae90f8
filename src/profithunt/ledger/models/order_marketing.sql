/* ---
what = "Marketing of each order: the spend of a month and keyword over the orders credited to it, by credit, to the cent."
grain = ["order_id", "month", "level", "pool"]
[columns]
order_id = "text | order"
month = "date | month of the spend"
level = "int | level at which spend and credit met"
pool = "text | key of the spend"
cost = "money | spend attributed to the order"
--- */
WITH levels AS (
  SELECT level FROM spend_pools GROUP BY level
),
credited AS (
  SELECT order_credits.order_id AS order_id,
         X_MONTH(order_credits.touched_on) AS month,
         levels.level AS level,
         X_TEXT_KEY(
           CASE WHEN levels.level >= 1 THEN order_credits.marketing_channel END,
           CASE WHEN levels.level >= 2 THEN order_credits.campaign END,
           CASE WHEN levels.level >= 3 THEN order_credits.ad_group END,
           CASE WHEN levels.level >= 4 THEN order_credits.keyword END
         ) AS pool,
         SUM(order_credits.credit) AS credit
  FROM order_credits
  CROSS JOIN levels
  WHERE order_credits.credit > 0
  GROUP BY 1, 2, 3, 4
),
summed AS (
  SELECT credited.order_id AS order_id, credited.month AS month, credited.level AS level, credited.pool AS pool,
         spend_pools.cost AS cost, credited.credit AS credit,
         SUM(credited.credit) OVER (
           PARTITION BY credited.month, credited.level, credited.pool
           ORDER BY credited.order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS upto,
         SUM(credited.credit) OVER (PARTITION BY credited.month, credited.level, credited.pool) AS total
  FROM credited
  JOIN spend_pools
    ON spend_pools.month = credited.month
    AND spend_pools.level = credited.level
    AND spend_pools.pool = credited.pool
)
SELECT order_id, month, level, pool, X_ALLOCATE(cost, X_DIV(upto - credit, total), X_DIV(upto, total)) AS cost
FROM summed
