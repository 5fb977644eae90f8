/* ---
what = "The ledger with each component on the day it happened: a line stands once for each day that something happened to it."
--- */
WITH moments AS (
  SELECT 'order' AS moment
  UNION ALL
  SELECT 'shipment'
  UNION ALL
  SELECT 'return'
  UNION ALL
  SELECT 'contact'
),
masked AS (
  SELECT wide.order_id AS order_id, wide.sku AS sku, wide.customer_id AS customer_id, wide.channel AS channel,
         wide.store_id AS store_id, wide.country AS country, wide.region AS region, wide.carrier AS carrier,
         wide.promo_id AS promo_id, wide.product_id AS product_id, wide.brand AS brand, wide.category AS category,
         wide.marketing_channel AS marketing_channel, wide.campaign AS campaign, wide.keyword AS keyword,
         wide.landing_page AS landing_page,
         CASE moments.moment
           WHEN 'shipment' THEN COALESCE(wide.shipped_on, wide.ordered_on)
           WHEN 'return' THEN COALESCE(wide.returned_on, wide.ordered_on)
           WHEN 'contact' THEN COALESCE(wide.contacted_on, wide.ordered_on)
           ELSE wide.ordered_on
         END AS ordered_on,
         X_EACH(components, CASE
           WHEN moments.moment = CASE
             WHEN 'X_ITEM' = 'carriage' THEN 'shipment'
             WHEN 'X_ITEM' IN ('refunds', 'currency_difference', 'return_costs') THEN 'return'
             WHEN 'X_ITEM' IN ('service', 'concessions') THEN 'contact'
             ELSE 'order'
           END THEN wide.X_ITEM
           ELSE 0
         END)
  FROM wide
  CROSS JOIN moments
)
SELECT order_id, sku, customer_id, channel, store_id, country, region, carrier, promo_id, product_id, brand, category,
       marketing_channel, campaign, keyword, landing_page, ordered_on, X_MONTH(ordered_on) AS ordered_month,
       X_EACH(components, X_ITEM),
       X_PLUS(net_sales_parts) AS net_sales,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM masked
