/* ---
what = "Marketing spend by month and by the finest of channel, campaign, ad group, keyword that it was booked on."
grain = ["pool_no"]
empty_with = ["ad_spend", "touches"]
[columns]
pool_no = "int | number of the pool"
month = "date | month of the spend"
level = "int | 4 keyword, 3 ad group, 2 campaign, 1 channel, 0 nothing known"
pool = "text | key of the channel, campaign, ad group and keyword"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
landing_page = "text | landing page, where the spend came with touches of one page"
cost = "money | spend"
--- */
WITH booked AS (
  SELECT channel FROM ad_spend GROUP BY channel
),
spend AS (
  SELECT X_MONTH(spent_on) AS month, channel, campaign, ad_group, keyword, cost FROM ad_spend
  UNION ALL
  SELECT X_MONTH(X_DAY(touches.touched_at)), touches.channel, touches.campaign, touches.ad_group, touches.keyword, touches.cost
  FROM touches
  LEFT JOIN booked ON booked.channel = touches.channel
  WHERE touches.cost IS NOT NULL AND booked.channel IS NULL
)
SELECT ROW_NUMBER() OVER (ORDER BY month, channel, campaign, ad_group, keyword) AS pool_no,
       month,
       CASE
         WHEN keyword IS NOT NULL THEN 4
         WHEN ad_group IS NOT NULL THEN 3
         WHEN campaign IS NOT NULL THEN 2
         WHEN channel IS NOT NULL THEN 1
         ELSE 0
       END AS level,
       X_TEXT_KEY(channel, campaign, ad_group, keyword) AS pool,
       channel AS marketing_channel, campaign, ad_group, keyword,
       NULL AS landing_page,
       SUM(cost) AS cost
FROM spend
GROUP BY month, channel, campaign, ad_group, keyword
