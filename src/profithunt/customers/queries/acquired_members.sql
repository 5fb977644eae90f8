/* ---
what = "Those acquired by each member of each dimension, by the mix; a customer counts once for each product of the first order."
--- */
WITH baskets AS (
  SELECT acquired_outcomes.customer_id AS customer_id, ledger.sku AS sku
  FROM acquired_outcomes
  JOIN ledger ON ledger.order_id = acquired_outcomes.order_id
  WHERE ledger.line_no IS NOT NULL AND ledger.units > 0
  GROUP BY acquired_outcomes.customer_id, ledger.sku
),
products_held AS (
  SELECT 'sku' AS dimension, baskets.sku AS member, baskets.customer_id AS customer_id FROM baskets
  UNION
  SELECT 'style', products.product_id, baskets.customer_id FROM baskets JOIN products ON products.sku = baskets.sku
  UNION
  SELECT 'brand', products.brand, baskets.customer_id FROM baskets JOIN products ON products.sku = baskets.sku
  UNION
  SELECT 'category', products.category, baskets.customer_id FROM baskets JOIN products ON products.sku = baskets.sku
),
cells AS (
  SELECT products_held.dimension AS dimension, products_held.member AS member, mix_month, mix_channel, mix_marketing, mix_country, mix_basket,
         COUNT(cm3) AS n, SUM(cm3) AS cm3, SUM(cm3 * cm3) AS cm3_squared,
         SUM(CASE WHEN cm3 IS NOT NULL THEN retained END) AS retained
  FROM products_held
  JOIN acquired_outcomes ON acquired_outcomes.customer_id = products_held.customer_id
  WHERE products_held.member IS NOT NULL
  GROUP BY products_held.dimension, products_held.member, mix_month, mix_channel, mix_marketing, mix_country, mix_basket
  UNION ALL
  SELECT CASE
           WHEN GROUPING(channel) = 0 THEN 'channel'
           WHEN GROUPING(store) = 0 THEN 'store'
           WHEN GROUPING(country) = 0 THEN 'country'
           WHEN GROUPING(region) = 0 THEN 'region'
           WHEN GROUPING(marketing_channel) = 0 THEN 'marketing_channel'
           WHEN GROUPING(campaign) = 0 THEN 'campaign'
           WHEN GROUPING(keyword) = 0 THEN 'keyword'
           WHEN GROUPING(landing_page) = 0 THEN 'landing_page'
           WHEN GROUPING(promotion) = 0 THEN 'promotion'
           ELSE 'first_discount'
         END,
         COALESCE(channel, store, country, region, marketing_channel, campaign, keyword, landing_page, promotion, first_discount),
         mix_month, mix_channel, mix_marketing, mix_country, mix_basket,
         COUNT(cm3), SUM(cm3), SUM(cm3 * cm3), SUM(CASE WHEN cm3 IS NOT NULL THEN retained END)
  FROM acquired_outcomes
  GROUP BY GROUPING SETS (
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, channel),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, store),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, country),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, region),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, marketing_channel),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, campaign),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, keyword),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, landing_page),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, promotion),
    (mix_month, mix_channel, mix_marketing, mix_country, mix_basket, first_discount)
  )
),
sized AS (
  SELECT dimension, member, SUM(n) AS n_customers
  FROM cells
  WHERE member IS NOT NULL
  GROUP BY dimension, member
),
ranked AS (
  SELECT dimension, member, n_customers,
         ROW_NUMBER() OVER (PARTITION BY dimension ORDER BY n_customers DESC, member ASC) AS place
  FROM sized
  WHERE n_customers >= $fewest
)
SELECT cells.dimension AS dimension, cells.member AS member, cells.mix_month AS mix_month,
       cells.mix_channel AS mix_channel, cells.mix_marketing AS mix_marketing, cells.mix_country AS mix_country,
       cells.mix_basket AS mix_basket,
       cells.n AS n, cells.cm3 AS cm3, cells.cm3_squared AS cm3_squared, cells.retained AS retained
FROM cells
JOIN ranked ON ranked.dimension = cells.dimension AND ranked.member = cells.member
WHERE cells.n > 0 AND ranked.place <= $most
ORDER BY dimension, member, mix_month, mix_channel, mix_marketing, mix_country, mix_basket
