/* ---
what = "Credit of each touch for its order under the chosen attribution model; the credits of an order add up to a million."
grain = ["order_id", "touch_id"]
[columns]
order_id = "text | order"
touch_id = "text | touch"
touched_on = "date | day of the touch"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
landing_page = "text | landing page"
credit = "int | millionths of the order"
upto = "int | credit of this and the order's earlier touches"
--- */
SELECT touch_credits.order_id AS order_id,
       touch_credits.touch_id AS touch_id,
       X_DAY(touch_points.touched_at) AS touched_on,
       touch_points.marketing_channel AS marketing_channel,
       touch_points.campaign AS campaign,
       touch_points.ad_group AS ad_group,
       touch_points.keyword AS keyword,
       touch_points.landing_page AS landing_page,
       touch_credits.credit AS credit,
       touch_credits.upto AS upto
FROM touch_credits
JOIN touch_points ON touch_points.touch_id = touch_credits.touch_id
WHERE touch_credits.credit > 0
