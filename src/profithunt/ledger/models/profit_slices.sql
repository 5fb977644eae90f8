/* ---
what = "Profit by every dimension with few members; each dimension adds up to the whole, its rest under the member 'unallocated'."
grain = ["dimension", "member"]
include = ["amounts"]
[columns]
dimension = "text | dimension"
member = "text | member, or unallocated"
--- */
WITH place_cells AS (
  SELECT channel, store_id, ordered_month, X_EACH(amounts, X_ITEM) FROM order_cells WHERE kind = 'place'
  UNION ALL
  SELECT channel, store_id, ordered_month, X_EACH(amounts, X_ITEM) FROM ledger WHERE order_id IS NULL
),
place_slices AS (
  SELECT CASE
           WHEN GROUPING(channel) = 0 THEN 'channel'
           WHEN GROUPING(store_id) = 0 THEN 'store'
           ELSE 'month'
         END AS dimension,
         COALESCE(channel, store_id, SUBSTRING(CAST(ordered_month AS TEXT), 1, 7), 'unallocated') AS member,
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM place_cells
  GROUP BY GROUPING SETS ((channel), (store_id), (ordered_month))
),
area_cells AS (
  SELECT country, region, X_EACH(amounts, X_ITEM) FROM order_cells WHERE kind = 'area'
  UNION ALL
  SELECT country, region, X_EACH(amounts, X_ITEM) FROM ledger WHERE order_id IS NULL
),
area_slices AS (
  SELECT CASE WHEN GROUPING(country) = 0 THEN 'country' ELSE 'region' END AS dimension,
         COALESCE(country, region, 'unallocated') AS member,
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM area_cells
  GROUP BY GROUPING SETS ((country), (region))
),
line_slices AS (
  SELECT CASE WHEN GROUPING(carrier) = 0 THEN 'carrier' ELSE 'promotion' END AS dimension,
         COALESCE(carrier, promo_id, 'unallocated') AS member,
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM line_cells
  GROUP BY GROUPING SETS ((carrier), (promo_id))
),
skus AS (
  SELECT product_id, brand, category, X_EACH(amounts, X_ITEM) FROM sku_profit
  UNION ALL
  SELECT NULL, NULL, NULL, X_EACH(amounts, X_ITEM) FROM sku_cells WHERE sku IS NULL
),
sku_slices AS (
  SELECT CASE
           WHEN GROUPING(product_id) = 0 THEN 'style'
           WHEN GROUPING(brand) = 0 THEN 'brand'
           ELSE 'category'
         END AS dimension,
         COALESCE(product_id, brand, category, 'unallocated') AS member,
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM skus
  GROUP BY GROUPING SETS ((product_id), (brand), (category))
),
touch_cells AS (
  SELECT marketing_channel, campaign, keyword, landing_page, X_EACH(amounts, X_ITEM) FROM order_cells WHERE kind = 'touch'
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
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM touch_cells
  GROUP BY GROUPING SETS ((marketing_channel), (campaign), (keyword), (landing_page))
)
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM place_slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM area_slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM line_slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM sku_slices
UNION ALL
SELECT dimension, member, X_EACH(amounts, X_ITEM) FROM touch_slices
