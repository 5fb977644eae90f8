/* ---
what = "orders"
grain = ["order_id"]
[columns]
order_id = "text | order"
ordered_at = "timestamp | when"
customer_id = "text | customer"
channel = "text | channel"
store_id = "text | store"
session_id = "text | visit"
currency = "text | currency"
order_discount = "money | voucher"
promo_id = "text | its code"
shipping_charged = "money | delivery charge"
tax = "money | tax"
payment_method = "text | means of payment"
payment_fee = "money | fee"
delivery_option = "text | delivery"
device = "text | device"
country = "text | country"
region = "text | region"
postcode = "text | postcode"
cancelled_at = "timestamp | when the whole order was cancelled"
--- */
SELECT CONCAT('O', CAST(10000000000 + MOD(b.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       b.ordered_at,
       CASE WHEN NOT b.guest THEN CONCAT('C', CAST(100000000 + MOD(b.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       b.channel,
       s.store_id,
       CASE WHEN b.visit_channel_no IS NOT NULL
            THEN CONCAT('V', CAST(10000000000 + MOD((b.customer_no * 1024 + 512 + MOD(b.order_no, 256)) * 48271 + 13, 68719476731) AS TEXT)) END AS session_id,
       'EUR' AS currency,
       o.order_discount,
       CASE WHEN o.order_discount > 0 THEN v.promo_id END AS promo_id,
       o.shipping_charged,
       ROUND((CAST(o.value AS DOUBLE) - o.order_discount + o.shipping_charged) * 0.19, 2) AS tax,
       b.payment AS payment_method,
       o.payment_fee,
       b.delivery AS delivery_option,
       b.device,
       r.country, r.region,
       CAST(10000 + b.region_no * 7000 + MOD(b.postcode_no, 25) * 211 AS TEXT) AS postcode,
       CASE WHEN o.cancelled_all THEN X_ADD_SECONDS(b.ordered_at, 14400) END AS cancelled_at
FROM baskets AS b
INNER JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
INNER JOIN regions AS r ON r.region_no = b.region_no
LEFT JOIN places AS s ON s.place_no = b.place_no
LEFT JOIN offers AS v ON v.promo_no = o.voucher_no
