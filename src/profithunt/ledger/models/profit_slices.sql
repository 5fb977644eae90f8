/* ---
what = "Profit by every dimension with few members; each dimension adds up to the whole, its rest under the member 'unallocated'."
grain = ["dimension", "member"]
include = ["amounts"]
[columns]
dimension = "text | dimension"
member = "text | member, or unallocated"
--- */
WITH cells AS (
  SELECT channel, store_id, country, region, carrier, promo_id, ordered_month,
         X_EACH(amounts, SUM(X_ITEM))
  FROM ledger
  GROUP BY channel, store_id, country, region, carrier, promo_id, ordered_month
),
slices AS (
  SELECT CASE
           WHEN GROUPING(channel) = 0 THEN 'channel'
           WHEN GROUPING(store_id) = 0 THEN 'store'
           WHEN GROUPING(country) = 0 THEN 'country'
           WHEN GROUPING(region) = 0 THEN 'region'
           WHEN GROUPING(carrier) = 0 THEN 'carrier'
           WHEN GROUPING(promo_id) = 0 THEN 'promotion'
           ELSE 'month'
         END AS dimension,
         COALESCE(
           channel, store_id, country, region, carrier, promo_id, SUBSTRING(CAST(ordered_month AS TEXT), 1, 7), 'unallocated'
         ) AS member,
         X_EACH(amounts, SUM(X_ITEM))
  FROM cells
  GROUP BY GROUPING SETS ((channel), (store_id), (country), (region), (carrier), (promo_id), (ordered_month))
),
skus AS (
  SELECT product_id, brand, category, X_EACH(amounts, X_ITEM) FROM sku_profit
  UNION ALL
  SELECT NULL, NULL, NULL, X_EACH(amounts, SUM(X_ITEM)) FROM ledger WHERE sku IS NULL HAVING COUNT(*) > 0
),
sku_slices AS (
  SELECT CASE
           WHEN GROUPING(product_id) = 0 THEN 'style'
           WHEN GROUPING(brand) = 0 THEN 'brand'
           ELSE 'category'
         END AS dimension,
         COALESCE(product_id, brand, category, 'unallocated') AS member,
         X_EACH(amounts, SUM(X_ITEM))
  FROM skus
  GROUP BY GROUPING SETS ((product_id), (brand), (category))
),
credited AS (
  SELECT order_credits.marketing_channel AS marketing_channel, order_credits.campaign AS campaign,
         order_credits.keyword AS keyword, order_credits.landing_page AS landing_page,
         X_EACH(amounts, X_ALLOCATE(
           order_profit.X_ITEM, X_DIV(order_credits.upto - order_credits.credit, 1000000), X_DIV(order_credits.upto, 1000000)
         ))
  FROM order_profit
  JOIN order_credits ON order_credits.order_id = order_profit.order_id
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, X_EACH(amounts, order_profit.X_ITEM)
  FROM order_profit
  LEFT JOIN (SELECT order_id FROM order_credits GROUP BY order_id) AS credited_orders
    ON credited_orders.order_id = order_profit.order_id
  WHERE credited_orders.order_id IS NULL
  UNION ALL
  SELECT marketing_channel, campaign, keyword, landing_page, X_EACH(amounts, X_ITEM)
  FROM ledger
  WHERE order_id IS NULL
),
touch_slices AS (
  SELECT CASE
           WHEN GROUPING(marketing_channel) = 0 THEN 'marketing_channel'
           WHEN GROUPING(campaign) = 0 THEN 'campaign'
           WHEN GROUPING(keyword) = 0 THEN 'keyword'
           ELSE 'landing_page'
         END AS dimension,
         COALESCE(marketing_channel, campaign, keyword, landing_page, 'unallocated') AS member,
         X_EACH(amounts, SUM(X_ITEM))
  FROM credited
  GROUP BY GROUPING SETS ((marketing_channel), (campaign), (keyword), (landing_page))
)
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM sku_slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM touch_slices
