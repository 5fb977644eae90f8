SELECT
    'CT-' || (1000000000 + i)::VARCHAR AS contact_id,
    placed_at(i) + to_seconds(floor(86400 * (1 - 5 * ln(draw(i, 111))))) AS contacted_at,
    customer_key(customer_of(i)) AS customer_id,
    CASE WHEN draw(i, 112) >= 0.12 THEN order_key(i) END AS order_id,
    pick(['e-mail', 'phone', 'chat'], i, 113) AS medium,
    pick(['where is my order', 'return', 'damaged', 'question'], i, 114) AS reason,
    round(1 - 4 * ln(draw(i, 115)), 1) AS minutes,
    CASE WHEN draw(i, 116) < 0.1 THEN round(2 + 6 * draw(i, 117), 2) END AS cost,
    CASE WHEN draw(i, 118) < 0.08 THEN round(3 + 12 * draw(i, 119), 2) END AS concession
FROM range(getvariable('orders')) AS t (i)
WHERE draw(i, 110) < 0.03
