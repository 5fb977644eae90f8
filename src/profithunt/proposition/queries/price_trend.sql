/* ---
what = "How the shop stood against rivals week by week: the own price at the end of each week, rivals' mean in-stock price in it."
grain = ["week_ends_on"]
[columns]
week_ends_on = "date | last day of seven"
n_skus = "int | SKUs with a rival in stock that week"
own_price = "rate | own price, mean over the SKUs"
lowest_price = "rate | lowest price of a rival, mean over the SKUs"
median_gap = "rate | median of own price ÷ lowest − 1: above 0 a rival is cheaper"
mean_rank = "rate | mean place of the own price, 1 for the lowest"
share_lowest = "rate | share of the SKUs for which nobody was cheaper"
--- */
WITH quoted AS (
  SELECT r.sku, r.competitor, CAST(FLOOR(X_DAYS_BETWEEN(r.checked_on, $as_of) / 7) AS BIGINT) AS week_no, AVG(CAST(r.price AS DOUBLE)) AS price
  FROM rival_prices AS r
  LEFT JOIN products AS p ON p.sku = r.sku
  WHERE r.in_stock AND r.checked_on > X_ADD_DAYS($as_of, -7 * $weeks) AND r.checked_on <= $as_of AND X_PART(wanted)
  GROUP BY r.sku, r.competitor, CAST(FLOOR(X_DAYS_BETWEEN(r.checked_on, $as_of) / 7) AS BIGINT)
),
held AS (
  SELECT q.sku, q.week_no, q.price, CAST(o.price AS DOUBLE) AS own_price
  FROM quoted AS q
  JOIN own_prices AS o ON o.sku = q.sku AND o.starts_on <= X_ADD_DAYS($as_of, -7 * CAST(q.week_no AS INT))
    AND COALESCE(o.ends_on, $as_of) >= X_ADD_DAYS($as_of, -7 * CAST(q.week_no AS INT))
),
stood AS (
  SELECT sku, week_no, MAX(own_price) AS own_price, MIN(price) AS lowest_price, 1 + COUNT(CASE WHEN price < own_price THEN 1 END) AS place
  FROM held
  GROUP BY sku, week_no
)
SELECT X_ADD_DAYS($as_of, -7 * CAST(week_no AS INT)) AS week_ends_on,
       COUNT(*) AS n_skus,
       AVG(own_price) AS own_price,
       AVG(lowest_price) AS lowest_price,
       X_PERCENTILE(own_price / lowest_price - 1, 0.5) AS median_gap,
       AVG(place) AS mean_rank,
       X_DIV(COUNT(CASE WHEN place = 1 THEN 1 END), COUNT(*)) AS share_lowest
FROM stood
GROUP BY week_no
ORDER BY week_ends_on
