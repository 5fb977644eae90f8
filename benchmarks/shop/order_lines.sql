WITH line AS (
    SELECT i, parcels_of(i) AS parcels, unnest(range(lines_of(i))) AS place
    FROM range(getvariable('orders')) AS t (i)
)
SELECT
    order_key(i) AS order_id,
    place + 1 AS line_no,
    sku_key(sku_of(i * 64 + place)) AS sku,
    quantity_of(i * 64 + place) AS quantity,
    price_of(i * 64 + place) AS unit_price,
    discount_of(i * 64 + place) AS discount,
    CASE WHEN discount_of(i * 64 + place) > 0 THEN 'PROMO' || floor(10 + 60 * draw(i * 64 + place, 40))::INTEGER END AS promo_id,
    CASE WHEN draw(i * 64 + place, 41) < 0.3
        THEN round(cost_of(sku_of(i * 64 + place)) * (0.95 + 0.1 * draw(i * 64 + place, 42)), 4) END AS unit_cost,
    CASE WHEN draw(i * 64 + place, 43) < 0.02 THEN ceil(quantity_of(i * 64 + place) * draw(i * 64 + place, 44)) END AS cancelled_quantity,
    CASE WHEN draw(i * 64 + place, 43) < 0.02 THEN 'out_of_stock' END AS cancel_reason,
    -- Three orders in ten say which parcel carried a line, and half of those that took two.
    CASE WHEN draw(i, 45) < CASE parcels WHEN 2 THEN 0.5 ELSE 0.3 END
        THEN parcel_key(i, parcel_of(i * 64 + place, parcels)) END AS shipment_id,
    CASE WHEN discount_of(i * 64 + place) > 0 AND draw(i * 64 + place, 46) < 0.15
        THEN round(0.5 * discount_of(i * 64 + place), 2) END AS funded
FROM line
