/* ---
what = "Where each rival stands for each SKU today: its last price within the recent days, against the shop's own."
grain = ["sku", "competitor"]
[columns]
sku = "text | SKU"
competitor = "text | competitor"
checked_on = "date | day of the last check"
price = "money | price of what one unit of the SKU holds"
offer_price = "money | price as it stands there"
packs = "rate | how many of the rival's units hold what one of the SKU does"
shipping = "money | delivery charge"
delivery_days = "rate | promised days"
late = "rate | share of its parcels that come late, as declared"
delivered = "rate | delivered price"
in_stock = "bool | could be bought"
own_price = "money | the shop's own price"
gap = "rate | own price ÷ this price − 1: above 0 the rival is cheaper"
days_compared = "int | of the last 28 days, those on which its price is known and it had the SKU in stock"
days_undercut = "int | of these, those on which it was cheaper"
matched_by = "text | sku, gtin, model, title or accepted"
offer_id = "text | key of the offer there, where it was matched"
url = "text | page"
[checks]
unique = true
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
  SELECT sku, competitor, checked_at, checked_on, price, in_stock,
         LEAST(
           COALESCE(X_ADD_DAYS(LEAD(checked_on) OVER (PARTITION BY sku, competitor ORDER BY checked_at), -1), $as_of),
           X_ADD_DAYS(checked_on, $recent_days - 1)
         ) AS until_on
  FROM rival_prices
  WHERE checked_on > X_ADD_DAYS($as_of, -28 - $recent_days) AND checked_on <= $as_of
),
held AS (
  SELECT checks.sku, checks.competitor,
         COUNT(*) AS days_compared,
         COUNT(CASE WHEN checks.price < own_prices.price THEN 1 END) AS days_undercut
  FROM checks
  JOIN days ON days.day >= checks.checked_on AND days.day <= checks.until_on
  JOIN own_prices ON own_prices.sku = checks.sku AND own_prices.starts_on <= days.day AND COALESCE(own_prices.ends_on, $as_of) >= days.day
  WHERE checks.in_stock
  GROUP BY checks.sku, checks.competitor
),
last_checks AS (
  SELECT sku, competitor, checked_on, price, offer_price, packs, shipping, delivery_days, late, delivered, in_stock, matched_by, offer_id, url,
         ROW_NUMBER() OVER (PARTITION BY sku, competitor ORDER BY checked_at DESC) AS place
  FROM rival_prices
  WHERE checked_on > X_ADD_DAYS($as_of, -$recent_days) AND checked_on <= $as_of
),
own AS (
  SELECT sku, price FROM own_prices WHERE ends_on IS NULL
)
SELECT l.sku, l.competitor, l.checked_on, l.price, l.offer_price, l.packs, l.shipping, l.delivery_days, l.late, l.delivered, l.in_stock,
       own.price AS own_price, X_DIV(own.price, l.price) - 1 AS gap,
       COALESCE(held.days_compared, 0) AS days_compared, COALESCE(held.days_undercut, 0) AS days_undercut,
       l.matched_by, l.offer_id, l.url
FROM last_checks AS l
LEFT JOIN own ON own.sku = l.sku
LEFT JOIN held ON held.sku = l.sku AND held.competitor = l.competitor
WHERE l.place = 1
