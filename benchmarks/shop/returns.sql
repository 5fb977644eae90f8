WITH line AS (
    SELECT i, i * 64 + unnest(range(lines_of(i))) AS line
    FROM range(getvariable('orders')) AS t (i)
    WHERE draw(i, 34) >= 0.01
),

returned AS (
    SELECT
        i,
        line,
        ceil(quantity_of(line) * draw(line, 101)) AS quantity,
        placed_at(i) + to_seconds(floor(86400 * least(90, 4 - 12 * ln(draw(line, 102))))) AS returned_at
    FROM line
    WHERE draw(line, 100) < 0.06
)
SELECT
    'RT-' || (100000000000 + line)::VARCHAR AS return_id,
    order_key(i) AS order_id,
    line % 64 + 1 AS line_no,
    sku_key(sku_of(line)) AS sku,
    quantity,
    returned_at,
    round(quantity * (price_of(line) - discount_of(line) / quantity_of(line)), 2) AS refund,
    pick(['too small', 'too large', 'not as described', 'late', 'damaged'], line, 103) AS reason,
    CASE WHEN draw(line, 104) < 0.5 THEN round(2.5 + 2 * draw(line, 105), 2) END AS carriage_cost,
    CASE WHEN draw(line, 106) < 0.3 THEN round(0.8 + draw(line, 107), 2) END AS handling_cost,
    draw(line, 108) < 0.85 AS resaleable
FROM returned
WHERE returned_at < TIMESTAMP '2026-01-01'
