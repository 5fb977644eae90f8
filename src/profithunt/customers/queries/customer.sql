/* ---
what = "One customer with the peers and the day the activity ends."
--- */
SELECT explained.customer_id AS customer_id, explained.place AS place, whole.n_customers AS n_customers,
       acquisitions.acquired_on AS acquired_on, acquisitions.order_id AS first_order_id,
       acquisitions.channel AS channel, acquisitions.marketing_channel AS marketing_channel,
       acquisitions.campaign AS campaign, acquisitions.keyword AS keyword, acquisitions.sku AS first_sku,
       acquisitions.category AS first_category, acquisitions.first_discount AS first_discount,
       customer_profit.last_ordered_on AS last_ordered_on, explained.n_orders AS n_orders,
       customer_profit.net_sales AS net_sales, explained.cm3 AS cm3,
       explained.peers AS peers, explained.n_peers AS n_peers, explained.order_band AS order_band,
       explained.acquired_year AS acquired_year, explained.peer_cm3 AS peer_cm3, explained.gap AS gap,
       explained.basket AS basket, explained.discount AS discount, explained.returns AS returns,
       explained.delivery AS delivery, explained.service AS service, explained.acquisition AS acquisition,
       explained.gap_basket AS gap_basket, explained.gap_discount AS gap_discount,
       explained.gap_returns AS gap_returns, explained.gap_delivery AS gap_delivery,
       explained.gap_service AS gap_service, explained.gap_acquisition AS gap_acquisition,
       explained.segment AS segment
FROM customer_explained AS explained
JOIN customer_profit ON customer_profit.customer_id = explained.customer_id
LEFT JOIN acquisitions ON acquisitions.customer_id = explained.customer_id
CROSS JOIN (SELECT COUNT(*) AS n_customers FROM customer_explained WHERE cm3 IS NOT NULL) AS whole
WHERE explained.customer_id = $customer_id
