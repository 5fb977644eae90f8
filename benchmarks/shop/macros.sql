-- The shop's laws as functions of the order's index: every table draws from the same ones, so that none has to be
-- joined to another while it is made. `draw` is uniform in (0, 1) and depends on nothing but key, salt and seed.
CREATE OR REPLACE MACRO draw(key, salt) AS
    ((hash((key * 1000 + salt) * 1000 + getvariable('seed')) >> 11)::DOUBLE + 0.5) / 9007199254740992.0;
CREATE OR REPLACE MACRO bell(key, salt) AS
    sqrt(-2 * ln(draw(key, salt))) * cos(2 * pi() * draw(key, salt + 500));

-- Two years, busier towards the end of each; orders are numbered in the order of time, as shops number them.
CREATE OR REPLACE MACRO share_of_time(i) AS i / getvariable('orders')::DOUBLE;
CREATE OR REPLACE MACRO placed_at(i) AS
    TIMESTAMP '2024-01-01 00:00:00'
    + to_seconds(floor(86400 * 730.99 * (share_of_time(i) + 0.03 * sin(4 * pi() * share_of_time(i)))));

-- Baskets: two fifths hold one line, one in thirty more than ten, the largest sixty; three on average.
CREATE OR REPLACE MACRO lines_of(i) AS least(60, 1 + floor(1.84 * (pow(draw(i, 1), -0.25) - 1) / 0.25))::INTEGER;
CREATE OR REPLACE MACRO parcels_of(i) AS CASE WHEN draw(i, 2) < 0.083 AND lines_of(i) > 1 THEN 2 ELSE 1 END;

-- One order in eight is a guest's; the best customers order hundreds of times.
CREATE OR REPLACE MACRO customer_of(i) AS
    CASE WHEN draw(i, 3) >= 0.12 THEN floor(getvariable('customers') * pow(draw(i, 4), 1.8))::BIGINT END;

-- A line is known by its order's index × 64 + its place in the basket.
CREATE OR REPLACE MACRO sku_of(line) AS floor(getvariable('skus') * pow(draw(line, 5), 2.2))::BIGINT;
CREATE OR REPLACE MACRO quantity_of(line) AS least(48, floor(pow(draw(line, 6), -0.55)))::INTEGER;
CREATE OR REPLACE MACRO list_price_of(sku) AS round(exp(3.2 + 0.75 * bell(sku, 7)), 0) + 0.99;
CREATE OR REPLACE MACRO price_of(line) AS round(
    list_price_of(sku_of(line)) * CASE WHEN draw(line, 8) < 0.25 THEN 0.6 + 0.05 * floor(8 * draw(line, 9)) ELSE 1 END, 2);
CREATE OR REPLACE MACRO cost_of(sku) AS round(list_price_of(sku) * (0.28 + 0.45 * draw(sku, 10)), 4);
CREATE OR REPLACE MACRO discount_of(line) AS CASE
    WHEN draw(line, 11) < 0.2 THEN round(quantity_of(line) * price_of(line) * (0.05 + 0.05 * floor(5 * draw(line, 12))), 2)
    ELSE 0 END;
CREATE OR REPLACE MACRO parcel_of(line, parcels) AS CASE WHEN parcels = 2 THEN (draw(line, 13) < 0.5)::INTEGER ELSE 0 END;

-- Three thousand placements of advertising; a few take most of the clicks.
CREATE OR REPLACE MACRO placement_channel(p) AS
    ['search', 'search', 'search', 'search', 'search', 'social', 'social', 'display', 'affiliate', 'email'][p % 10 + 1];
CREATE OR REPLACE MACRO placement_campaign(p) AS placement_channel(p) || ' ' || printf('%02d', (p % 60)::INTEGER);
CREATE OR REPLACE MACRO placement_ad_group(p) AS 'group ' || printf('%03d', (p % 300)::INTEGER);
CREATE OR REPLACE MACRO placement_keyword(p) AS
    CASE WHEN p % 10 < 5 THEN 'keyword ' || printf('%04d', p::INTEGER) END;

CREATE OR REPLACE MACRO order_key(i) AS 'SO-' || (1000000000 + i)::VARCHAR;
CREATE OR REPLACE MACRO customer_key(c) AS 'C-' || (10000000 + c)::VARCHAR;
CREATE OR REPLACE MACRO sku_key(s) AS 'SKU-' || (100000 + s)::VARCHAR;
CREATE OR REPLACE MACRO parcel_key(i, p) AS 'PC-' || (10000000000 + i * 2 + p)::VARCHAR;
CREATE OR REPLACE MACRO session_key(i) AS CASE WHEN draw(i, 14) < 0.9 THEN 'S-' || (1000000000 + i)::VARCHAR END;
CREATE OR REPLACE MACRO pick(options, key, salt) AS options[1 + floor(len(options) * pow(draw(key, salt), 1.6))::INTEGER];
