SELECT
    sku_key(s) AS sku,
    'STYLE-' || (10000 + s // 5)::VARCHAR AS product_id,
    'Article ' || s AS name,
    'Brand ' || printf('%03d', floor(200 * pow(draw(s // 5, 50), 1.7))::INTEGER) AS brand,
    'Category ' || printf('%02d', floor(25 * pow(draw(s // 5, 51), 1.3))::INTEGER) AS category,
    'Subcategory ' || printf('%03d', floor(120 * draw(s // 5, 52))::INTEGER) AS subcategory,
    ['XS', 'S', 'M', 'L', 'XL'][s % 5 + 1] AS size,
    pick(['black', 'white', 'blue', 'red', 'green'], s, 53) AS colour,
    'Supplier ' || floor(300 * draw(s // 5, 54))::INTEGER AS supplier,
    CASE WHEN draw(s, 55) >= 0.05 THEN cost_of(s) END AS unit_cost,
    list_price_of(s) AS list_price,
    CASE WHEN draw(s, 56) >= 0.04 THEN round(0.1 + 3 * draw(s, 57) * draw(s, 58), 3) END AS weight_kg,
    draw(s // 5, 59) < 0.2 AS own_label,
    DATE '2022-01-01' + floor(1000 * draw(s // 5, 60))::INTEGER AS launched_on
FROM range(getvariable('skus')) AS t (s)
