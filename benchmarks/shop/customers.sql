SELECT
    customer_key(c) AS customer_id,
    TIMESTAMP '2022-01-01' + to_seconds(floor(86400 * 1400 * draw(c, 70))) AS joined_at,
    pick(['search', 'social', 'email', 'direct'], c, 71) AS first_seen_channel,
    pick(['DE', 'AT', 'FR', 'NL', 'CH', 'BE', 'IT', 'PL'], c, 72) AS country,
    1940 + floor(65 * draw(c, 73))::INTEGER AS birth_year,
    draw(c, 74) < 0.6 AS email_opt_in
FROM range(getvariable('customers')) AS t (c)
