/* ---
what = "How each customer was acquired: the first order that was not cancelled, what it held and what had led to it."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
order_id = "text | first order"
acquired_on = "date | its day"
acquired_month = "date | its month: the cohort"
channel = "text | channel"
store = "text | store"
country = "text | country"
region = "text | region"
marketing_channel = "text | marketing channel of the touch with the most credit"
campaign = "text | its campaign"
keyword = "text | its keyword"
landing_page = "text | its landing page"
sku = "text | entry product: the line of the greatest value"
style = "text | its style"
brand = "text | its brand"
category = "text | its category"
promotion = "text | promotion of the order, else of its lines"
first_discount = "text | markdown and discount of the first order as a share of its list sales, in bands"
net_sales = "money | net sales of the first order"
cm2 = "money | its CM2"
cm3 = "money | its contribution profit"
acquisition_spend = "money | marketing attributed to the first order"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS ordered_at
  FROM orders
  WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
  GROUP BY customer_id
),
first_ones AS (
  SELECT firsts.customer_id AS customer_id, MIN(orders.order_id) AS order_id
  FROM firsts
  JOIN orders ON orders.customer_id = firsts.customer_id AND orders.ordered_at = firsts.ordered_at
  WHERE orders.cancelled_at IS NULL
  GROUP BY firsts.customer_id
),
lines AS (
  SELECT order_id, line_no, sku, promo_id, list_sales, markdown + promotion AS reduced,
         ROW_NUMBER() OVER (
           PARTITION BY order_id ORDER BY list_sales + markdown + promotion DESC, line_no ASC
         ) AS place
  FROM ledger
  WHERE is_new_customer_order AND line_no IS NOT NULL
),
baskets AS (
  SELECT order_id,
         MAX(CASE WHEN place = 1 THEN sku END) AS sku,
         MIN(promo_id) AS promo_id,
         X_DIV(-SUM(reduced), SUM(list_sales)) AS discount
  FROM lines
  GROUP BY order_id
),
touched AS (
  SELECT order_credits.order_id AS order_id, order_credits.marketing_channel AS marketing_channel,
         order_credits.campaign AS campaign, order_credits.keyword AS keyword,
         order_credits.landing_page AS landing_page,
         ROW_NUMBER() OVER (
           PARTITION BY order_credits.order_id
           ORDER BY order_credits.credit DESC, order_credits.touched_on DESC, order_credits.touch_id ASC
         ) AS place
  FROM order_credits
  JOIN first_ones ON first_ones.order_id = order_credits.order_id
)
SELECT first_ones.customer_id AS customer_id,
       first_ones.order_id AS order_id,
       X_DAY(orders.ordered_at) AS acquired_on,
       X_MONTH(X_DAY(orders.ordered_at)) AS acquired_month,
       orders.channel AS channel,
       orders.store_id AS store,
       COALESCE(orders.country, stores.country) AS country,
       COALESCE(orders.region, stores.region) AS region,
       touched.marketing_channel AS marketing_channel,
       touched.campaign AS campaign,
       touched.keyword AS keyword,
       touched.landing_page AS landing_page,
       baskets.sku AS sku,
       products.product_id AS style,
       products.brand AS brand,
       products.category AS category,
       COALESCE(orders.promo_id, baskets.promo_id) AS promotion,
       CASE
         WHEN baskets.discount IS NULL THEN NULL
         WHEN baskets.discount < 0.0005 THEN 'full price'
         WHEN baskets.discount <= 0.10 THEN 'up to 10 %'
         WHEN baskets.discount <= 0.25 THEN 'over 10 to 25 %'
         WHEN baskets.discount <= 0.50 THEN 'over 25 to 50 %'
         ELSE 'over 50 %'
       END AS first_discount,
       COALESCE(order_profit.net_sales, 0) AS net_sales,
       CASE WHEN order_profit.order_id IS NULL THEN 0 ELSE order_profit.cm2 END AS cm2,
       CASE WHEN order_profit.order_id IS NULL THEN 0 ELSE order_profit.cm3 END AS cm3,
       -COALESCE(order_profit.marketing, 0) AS acquisition_spend
FROM first_ones
JOIN orders ON orders.order_id = first_ones.order_id
LEFT JOIN stores ON stores.store_id = orders.store_id
LEFT JOIN baskets ON baskets.order_id = first_ones.order_id
LEFT JOIN products ON products.sku = baskets.sku
LEFT JOIN touched ON touched.order_id = first_ones.order_id AND touched.place = 1
LEFT JOIN order_profit ON order_profit.order_id = first_ones.order_id
