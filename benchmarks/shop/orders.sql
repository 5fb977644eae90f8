SELECT
    order_key(i) AS order_id,
    placed_at(i) AS ordered_at,
    customer_key(customer_of(i)) AS customer_id,
    pick(['web', 'app', 'marketplace', 'store'], i, 20) AS channel,
    CASE WHEN pick(['web', 'app', 'marketplace', 'store'], i, 20) = 'store'
        THEN 'ST-' || floor(100 + 80 * draw(i, 21))::INTEGER END AS store_id,
    session_key(i) AS session_id,
    'EUR' AS currency,
    CASE WHEN draw(i, 22) < 0.15 THEN round(2 + 10 * draw(i, 23), 2) END AS order_discount,
    CASE WHEN draw(i, 22) < 0.15 THEN 'CODE' || floor(10 + 40 * draw(i, 24))::INTEGER END AS promo_id,
    CASE WHEN draw(i, 25) < 0.45 THEN 4.95 WHEN draw(i, 25) < 0.5 THEN 9.9 ELSE 0 END AS shipping_charged,
    pick(['card', 'paypal', 'invoice', 'voucher'], i, 26) AS payment_method,
    CASE WHEN draw(i, 27) < 0.6 THEN round(0.3 + 3 * draw(i, 28), 2) END AS payment_fee,
    pick(['standard', 'express', 'pick-up'], i, 29) AS delivery_option,
    pick(['mobile', 'desktop', 'tablet'], i, 30) AS device,
    pick(['DE', 'AT', 'FR', 'NL', 'CH', 'BE', 'IT', 'PL'], i, 31) AS country,
    'R' || floor(10 + 60 * draw(i, 32))::INTEGER AS region,
    (10000 + floor(80000 * draw(i, 33)))::INTEGER::VARCHAR AS postcode,
    CASE WHEN draw(i, 34) < 0.01 THEN placed_at(i) + INTERVAL 5 HOUR END AS cancelled_at
FROM range(getvariable('orders')) AS t (i)
