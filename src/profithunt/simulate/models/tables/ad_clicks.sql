/* ---
what = "Paid clicks of this part of the world, by day and keyword."
grain = ["spent_on", "channel", "campaign", "ad_group", "keyword"]
[columns]
spent_on = "date | day"
channel = "text | channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
clicks = "int | clicks"
cost = "money | cost"
orders = "int | orders of these visits"
--- */
SELECT X_ADD_DAYS($starts_on, CAST(v.day_no AS INT)) AS spent_on,
       c.channel,
       COALESCE(k.campaign, CONCAT(c.channel, ' ', CAST(v.campaign_no + 1 AS TEXT))) AS campaign,
       k.ad_group, k.keyword,
       COUNT(*) AS clicks,
       SUM(v.cost) AS cost,
       COUNT(CASE WHEN v.ordered THEN 1 END) AS orders
FROM visits AS v
INNER JOIN channels AS c ON c.channel_no = v.channel_no
LEFT JOIN keywords AS k ON k.keyword_no = v.keyword_no
WHERE c.paid > 0
GROUP BY X_ADD_DAYS($starts_on, CAST(v.day_no AS INT)), c.channel, COALESCE(k.campaign, CONCAT(c.channel, ' ', CAST(v.campaign_no + 1 AS TEXT))), k.ad_group, k.keyword
