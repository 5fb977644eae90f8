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
n_credited = "int | touches of the order that have credit"
--- */
WITH weighed AS (
  SELECT order_id, touch_id, weight,
         SUM(weight) OVER (
           PARTITION BY order_id ORDER BY touch_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS upto,
         SUM(weight) OVER (PARTITION BY order_id) AS total,
         COUNT(*) OVER (PARTITION BY order_id) AS n_credited
  FROM touch_weights
  WHERE weight > 0
)
SELECT weighed.order_id AS order_id,
       weighed.touch_id AS touch_id,
       X_DAY(touch_points.touched_at) AS touched_on,
       touch_points.marketing_channel AS marketing_channel,
       touch_points.campaign AS campaign,
       touch_points.ad_group AS ad_group,
       touch_points.keyword AS keyword,
       touch_points.landing_page AS landing_page,
       CAST(FLOOR(1000000.0 * weighed.upto / weighed.total) AS BIGINT)
         - CAST(FLOOR(1000000.0 * (weighed.upto - weighed.weight) / weighed.total) AS BIGINT) AS credit,
       CAST(FLOOR(1000000.0 * weighed.upto / weighed.total) AS BIGINT) AS upto,
       weighed.n_credited AS n_credited
FROM weighed
JOIN touch_points ON touch_points.touch_id = weighed.touch_id
