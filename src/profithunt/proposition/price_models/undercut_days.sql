/* ---
what = "On how many of the last 28 days each SKU could be bought for less from any rival."
grain = ["sku"]
working = true
[columns]
sku = "text | SKU"
days_compared = "int | days on which a rival's price is known and it had the SKU in stock"
days_undercut = "int | of these, those on which the lowest was below the own price"
--- */
WITH weeks AS (
  SELECT 0 AS n UNION ALL SELECT 7 AS n UNION ALL SELECT 14 AS n UNION ALL SELECT 21 AS n
),
weekdays AS (
  SELECT 0 AS n UNION ALL SELECT 1 AS n UNION ALL SELECT 2 AS n UNION ALL SELECT 3 AS n UNION ALL SELECT 4 AS n UNION ALL SELECT 5 AS n UNION ALL SELECT 6 AS n
),
days AS (
  SELECT X_ADD_DAYS($as_of, -(weeks.n + weekdays.n)) AS day FROM weeks CROSS JOIN weekdays
),
checks AS (
  SELECT sku, competitor, checked_on, price, in_stock,
         LEAST(
           COALESCE(X_ADD_DAYS(LEAD(checked_on) OVER (PARTITION BY sku, competitor ORDER BY checked_at), -1), $as_of),
           X_ADD_DAYS(checked_on, $recent_days - 1)
         ) AS until_on
  FROM rival_prices
  WHERE checked_on > X_ADD_DAYS($as_of, -28 - $recent_days) AND checked_on <= $as_of
),
lowest AS (
  SELECT checks.sku, days.day, MIN(checks.price) AS price
  FROM checks
  JOIN days ON days.day >= checks.checked_on AND days.day <= checks.until_on
  WHERE checks.in_stock
  GROUP BY checks.sku, days.day
)
SELECT lowest.sku, COUNT(*) AS days_compared, COUNT(CASE WHEN lowest.price < own_prices.price THEN 1 END) AS days_undercut
FROM lowest
JOIN own_prices ON own_prices.sku = lowest.sku AND own_prices.starts_on <= lowest.day AND COALESCE(own_prices.ends_on, $as_of) >= lowest.day
GROUP BY lowest.sku
