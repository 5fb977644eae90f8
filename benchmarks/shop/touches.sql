-- Two an order: half of the first ones open the visit that ends in the order, the others lie days before it, and one
-- in four belongs to a visitor who never buys.
WITH touch AS (
    SELECT
        i,
        i * 2 + j AS touch,
        floor(3000 * pow(draw(i * 2 + j, 120), 2.6))::BIGINT AS p,
        draw(i * 2 + j, 121) < 0.75 AS buys
    FROM (SELECT i, unnest(range(2)) AS j FROM range(getvariable('orders')) AS t (i)) AS t
)
SELECT
    'T-' || (10000000000 + touch)::VARCHAR AS touch_id,
    placed_at(i) - to_seconds(floor(CASE
        WHEN buys AND draw(touch, 122) < 0.4 THEN 60 + 1500 * draw(touch, 123)
        ELSE 3600 - 86400 * 8 * ln(draw(touch, 124)) END)) AS touched_at,
    CASE WHEN buys THEN customer_key(customer_of(i)) END AS customer_id,
    -- A customer comes with one of two devices; guests and those who never buy are strangers each time.
    'V-' || (1000000000 + CASE
        WHEN buys AND customer_of(i) IS NOT NULL THEN customer_of(i) * 2 + (draw(touch, 126) < 0.3)::INTEGER
        ELSE i * 2 + 100000000 + buys::INTEGER END)::VARCHAR AS visitor_id,
    CASE WHEN buys AND draw(touch, 122) < 0.4 THEN session_key(i) END AS session_id,
    CASE WHEN placement_channel(p) = 'email' THEN 'open' WHEN placement_channel(p) = 'affiliate' THEN 'affiliate'
        ELSE 'click' END AS kind,
    placement_channel(p) AS channel,
    placement_campaign(p) AS campaign,
    placement_ad_group(p) AS ad_group,
    placement_keyword(p) AS keyword,
    '/page/' || (p % 97)::VARCHAR AS landing_page,
    -- What search, social and display cost is in ad_spend; the others bill each touch.
    CASE WHEN placement_channel(p) = 'affiliate' THEN round(0.5 + 3 * draw(touch, 125), 2)
        WHEN placement_channel(p) = 'email' THEN 0.01 END AS cost
FROM touch
