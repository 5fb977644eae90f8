/* ---
what = "ad_spend"
grain = ["spent_on", "channel", "campaign", "ad_group", "keyword"]
[columns]
spent_on = "date | day"
channel = "text | channel"
campaign = "text | campaign"
ad_group = "text | ad group"
keyword = "text | keyword"
impressions = "int | impressions"
clicks = "int | clicks"
cost = "money | cost"
conversions_claimed = "rate | as claimed"
--- */
SELECT spent_on, channel, campaign, ad_group, keyword,
       SUM(clicks) * 22 AS impressions,
       SUM(clicks) AS clicks,
       SUM(cost) AS cost,
       SUM(orders) * 1.3 AS conversions_claimed
FROM ad_clicks
GROUP BY spent_on, channel, campaign, ad_group, keyword
