/* ---
what = "One row per day and keyword of paid advertising."
grain = "day × keyword"
needs = ["ad_spend"]
dimensions = ["channel"]
live = ["campaign", "ad_group", "keyword"]
[columns]
impressions = "impressions | ad_spend.impressions"
clicks = "clicks | ad_spend.clicks"
cost = "spend"
conversions_claimed = "conversions that the platform claims | ad_spend.conversions_claimed"
--- */
SELECT spent_on AS day, channel AS channel, campaign AS campaign, ad_group AS ad_group, keyword AS keyword,
       impressions AS impressions, clicks AS clicks, cost AS cost, conversions_claimed AS conversions_claimed
FROM ad_spend
