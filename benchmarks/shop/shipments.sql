WITH parcel AS (
    SELECT i, unnest(range(parcels_of(i))) AS p
    FROM range(getvariable('orders')) AS t (i)
    WHERE draw(i, 34) >= 0.01
)
SELECT
    parcel_key(i, p) AS shipment_id,
    order_key(i) AS order_id,
    pick(['DHL', 'DPD', 'Hermes', 'UPS', 'GLS'], i, 80) AS carrier,
    pick(['standard', 'express'], i, 81) AS service,
    pick(['Hamm', 'Leipzig', 'Venlo'], i * 2 + p, 82) AS origin,
    pick(['DE', 'AT', 'FR', 'NL', 'CH', 'BE', 'IT', 'PL'], i, 31) AS country,
    'R' || floor(10 + 60 * draw(i, 32))::INTEGER AS region,
    placed_at(i) + INTERVAL 20 HOUR AS dispatched_at,
    placed_at(i) + INTERVAL 24 HOUR AS dispatch_due_at,
    placed_at(i) + INTERVAL 72 HOUR AS promised_at,
    placed_at(i) + to_seconds(floor(86400 * (1.5 - 0.8 * ln(draw(i * 2 + p, 83))))) AS delivered_at,
    1 + (draw(i * 2 + p, 84) < 0.06)::INTEGER AS attempts,
    CASE WHEN draw(i * 2 + p, 85) >= 0.1 THEN round(3.2 + 2 * draw(i * 2 + p, 86), 2) END AS shipping_cost,
    CASE WHEN draw(i * 2 + p, 87) < 0.5 THEN round(3.1 + 3 * draw(i * 2 + p, 88), 2) END AS billed_cost,
    round(0.3 + 4 * draw(i * 2 + p, 89) * draw(i * 2 + p, 90), 3) AS weight_kg,
    draw(i * 2 + p, 91) < 0.97 AS tracked,
    draw(i * 2 + p, 92) < 0.002 AS lost,
    draw(i * 2 + p, 93) < 0.004 AS damaged
FROM parcel
