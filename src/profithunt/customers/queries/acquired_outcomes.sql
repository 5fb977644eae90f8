/* ---
what = "Customers who have been seen for the whole horizon, with what they brought over it, whether they came back, and the mix they belong to."
--- */
WITH seen AS (
  SELECT customer_id, order_id, acquired_on, acquired_month, channel, store, country, region, marketing_channel,
         campaign, keyword, landing_page, promotion, first_discount
  FROM acquisitions
  WHERE X_ADD_DAYS(acquired_on, $horizon) <= X_ADD_DAYS($through, 1)
),
amounts AS (
  SELECT order_profit.customer_id AS customer_id, order_profit.cm3 AS cm3
  FROM order_profit
  JOIN seen ON seen.customer_id = order_profit.customer_id
  WHERE order_profit.ordered_on < X_ADD_DAYS(seen.acquired_on, $horizon)
  UNION ALL
  SELECT ledger.customer_id, ledger.cm3
  FROM ledger
  JOIN seen ON seen.customer_id = ledger.customer_id
  WHERE ledger.order_id IS NULL AND ledger.ordered_on < X_ADD_DAYS(seen.acquired_on, $horizon)
),
brought AS (
  SELECT customer_id, X_SUM(cm3) AS cm3 FROM amounts GROUP BY customer_id
),
again AS (
  SELECT seen.customer_id AS customer_id
  FROM seen
  JOIN orders ON orders.customer_id = seen.customer_id
  WHERE orders.cancelled_at IS NULL AND X_DAY(orders.ordered_at) > seen.acquired_on
    AND X_DAY(orders.ordered_at) < X_ADD_DAYS(seen.acquired_on, $horizon)
  GROUP BY seen.customer_id
),
held AS (
  SELECT ledger.order_id AS order_id, COUNT(DISTINCT ledger.sku) AS n_skus
  FROM ledger
  JOIN seen ON seen.order_id = ledger.order_id
  WHERE ledger.line_no IS NOT NULL AND ledger.units > 0
  GROUP BY ledger.order_id
)
SELECT seen.customer_id AS customer_id, seen.order_id AS order_id,
       CASE
         WHEN held.n_skus IS NULL THEN '0'
         WHEN held.n_skus <= 3 THEN CAST(held.n_skus AS TEXT)
         WHEN held.n_skus <= 5 THEN '4 to 5'
         WHEN held.n_skus <= 10 THEN '6 to 10'
         WHEN held.n_skus <= 20 THEN '11 to 20'
         ELSE 'over 20'
       END AS mix_basket,
       CAST(seen.acquired_month AS TEXT) AS mix_month,
       COALESCE(seen.channel, '') AS mix_channel,
       COALESCE(seen.marketing_channel, '') AS mix_marketing,
       COALESCE(seen.country, '') AS mix_country,
       seen.channel AS channel, seen.store AS store, seen.country AS country, seen.region AS region,
       seen.marketing_channel AS marketing_channel, seen.campaign AS campaign, seen.keyword AS keyword,
       seen.landing_page AS landing_page, seen.promotion AS promotion, seen.first_discount AS first_discount,
       CAST(COALESCE(brought.cm3, CASE WHEN brought.customer_id IS NULL THEN 0 END) AS DOUBLE) AS cm3,
       CASE WHEN again.customer_id IS NULL THEN 0.0 ELSE 1.0 END AS retained
FROM seen
LEFT JOIN brought ON brought.customer_id = seen.customer_id
LEFT JOIN again ON again.customer_id = seen.customer_id
LEFT JOIN held ON held.order_id = seen.order_id
