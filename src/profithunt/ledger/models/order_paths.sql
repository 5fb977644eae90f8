/* ---
what = "The touches that led to each order, in time: same customer, or same visit, within the attribution window."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
touched_at = "timestamp | when"
days_before = "rate | days from the touch to the order"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
landing_page = "text | landing page"
is_direct = "bool | came by no marketing"
place = "int | place in the path, 1 = first"
n_touches = "int | touches of the path"
--- */
WITH paths AS (
  SELECT orders.order_id AS order_id, touch_points.touch_id AS touch_id, touch_points.touched_at AS touched_at,
         X_DAYS_BETWEEN(CAST(touch_points.touched_at AS DATE), CAST(orders.ordered_at AS DATE)) AS days_before,
         touch_points.marketing_channel AS marketing_channel, touch_points.campaign AS campaign,
         touch_points.ad_group AS ad_group, touch_points.keyword AS keyword, touch_points.landing_page AS landing_page
  FROM orders
  JOIN touch_points ON touch_points.customer_id = orders.customer_id
  WHERE touch_points.touched_at <= orders.ordered_at
    AND touch_points.touched_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
  UNION
  SELECT orders.order_id, touch_points.touch_id, touch_points.touched_at,
         X_DAYS_BETWEEN(CAST(touch_points.touched_at AS DATE), CAST(orders.ordered_at AS DATE)),
         touch_points.marketing_channel, touch_points.campaign, touch_points.ad_group, touch_points.keyword,
         touch_points.landing_page
  FROM orders
  JOIN touch_points ON touch_points.session_id = orders.session_id
  WHERE touch_points.touched_at <= orders.ordered_at
    AND touch_points.touched_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
)
SELECT order_id, touch_id, touched_at, days_before, marketing_channel, campaign, ad_group, keyword, landing_page,
       X_PART(is_direct) AS is_direct,
       ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY touched_at, touch_id) AS place,
       COUNT(*) OVER (PARTITION BY order_id) AS n_touches
FROM paths
