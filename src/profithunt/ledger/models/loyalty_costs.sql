/* ---
what = "Loyalty credits earned, at what they are expected to cost when redeemed."
grain = ["order_id", "customer_id", "moved_on"]
empty_with = ["loyalty"]
[columns]
order_id = "text | order that earned them, null where no order did"
customer_id = "text | customer"
moved_on = "date | day earned"
loyalty = "money | expected cost of redemption"
--- */
SELECT orders.order_id AS order_id,
       loyalty.customer_id AS customer_id,
       X_DAY(loyalty.moved_at) AS moved_on,
       SUM(X_MONEY(COALESCE(loyalty.value, CAST(loyalty.credits AS DOUBLE) * everywhere.loyalty_redemption, 0) * $redemption_share)) AS loyalty
FROM loyalty
LEFT JOIN orders ON orders.order_id = loyalty.order_id
LEFT JOIN day_rates AS everywhere ON everywhere.day = X_DAY(loyalty.moved_at) AND everywhere.dimension = ''
WHERE loyalty.kind = 'earn'
GROUP BY orders.order_id, loyalty.customer_id, X_DAY(loyalty.moved_at)
