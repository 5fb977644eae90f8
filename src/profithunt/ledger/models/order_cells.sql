/* ---
what = "Sums of each part of the orders' profit by where they were placed, where they went, and which touches led to them."
grain = ["kind", "channel", "store_id", "ordered_month", "country", "region", "marketing_channel", "campaign", "keyword", "landing_page"]
include = ["amounts"]
by_part = "order_profit"
[columns]
kind = "text | place, area or touch: which of the columns are filled"
channel = "text | channel"
store_id = "text | store"
ordered_month = "date | month"
country = "text | country"
region = "text | region"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
keyword = "text | keyword"
landing_page = "text | landing page"
[reads]
order_credits = "order_id"
--- */
WITH summed AS (
  SELECT 'place' AS kind, channel, store_id, ordered_month, CAST(NULL AS TEXT) AS country, CAST(NULL AS TEXT) AS region,
         CAST(NULL AS TEXT) AS marketing_channel, CAST(NULL AS TEXT) AS campaign, CAST(NULL AS TEXT) AS keyword,
         CAST(NULL AS TEXT) AS landing_page,
         X_EACH(components, X_MONEY(X_SUM(X_ITEM)))
  FROM order_profit
  GROUP BY channel, store_id, ordered_month
  UNION ALL
  SELECT 'area', NULL, NULL, NULL, country, region, NULL, NULL, NULL, NULL, X_EACH(components, X_MONEY(X_SUM(X_ITEM)))
  FROM order_profit
  GROUP BY country, region
  UNION ALL
  SELECT 'touch', NULL, NULL, NULL, NULL, NULL, order_credits.marketing_channel, order_credits.campaign,
         order_credits.keyword, order_credits.landing_page,
         X_EACH(components, X_MONEY(X_SUM(CASE
           WHEN order_credits.order_id IS NULL OR order_credits.credit = 1000000 THEN order_profit.X_ITEM
           ELSE X_ALLOCATE(
             order_profit.X_ITEM,
             X_DIV(order_credits.upto - order_credits.credit, 1000000),
             X_DIV(order_credits.upto, 1000000)
           )
         END)))
  FROM order_profit
  LEFT JOIN order_credits ON order_credits.order_id = order_profit.order_id
  GROUP BY order_credits.marketing_channel, order_credits.campaign, order_credits.keyword, order_credits.landing_page
)
SELECT kind, channel, store_id, ordered_month, country, region, marketing_channel, campaign, keyword, landing_page,
       X_EACH(components, X_ITEM),
       X_PLUS(net_sales_parts) AS net_sales,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM summed
