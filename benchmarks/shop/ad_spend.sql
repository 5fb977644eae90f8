-- A placement that gets fewer than one click a day is absent on the days without any.
WITH placement AS (
    SELECT p, 2 * getvariable('orders') / 731.0 * (pow((p + 1) / 3000.0, 1 / 2.6) - pow(p / 3000.0, 1 / 2.6)) AS clicks
    FROM range(3000) AS t (p)
    WHERE p % 10 < 8
),

day AS (
    SELECT p, d, floor(2 * clicks * draw(p * 1000 + d, 130) + draw(p * 1000 + d, 131))::BIGINT AS clicks
    FROM placement, range(731) AS s (d)
)
SELECT
    DATE '2024-01-01' + d::INTEGER AS spent_on,
    placement_channel(p) AS channel,
    placement_campaign(p) AS campaign,
    placement_ad_group(p) AS ad_group,
    placement_keyword(p) AS keyword,
    sum(clicks * 20)::BIGINT AS impressions,
    sum(clicks)::BIGINT AS clicks,
    round(sum(clicks * (0.15 + 1.2 * draw(p, 132))), 2) AS cost,
    round(sum(0.08 * clicks), 1) AS conversions_claimed
FROM day
WHERE clicks > 0
GROUP BY ALL
ORDER BY spent_on, channel, campaign, ad_group, keyword
