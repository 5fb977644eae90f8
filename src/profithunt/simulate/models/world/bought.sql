/* ---
what = "Orders as they were placed: only those with something in them, with what the basket adds up to and what is charged."
grain = ["world", "order_no"]
[columns]
world = "text | world"
order_no = "int | order"
value = "money | lines after line discounts"
n_lines = "int | lines"
weight_kg = "rate | weight"
order_discount = "money | voucher"
voucher_no = "int | its code"
shipping_charged = "money | delivery charge"
payment_fee = "money | fee of the payment"
cancelled_all = "bool | nothing was left to send"
--- */
WITH summed AS (
  SELECT i.world, i.order_no,
         SUM(X_MONEY(i.quantity * i.price - i.discount)) AS value,
         SUM(X_MONEY((i.quantity - i.cancelled) * i.price - i.discount * X_DIV(i.quantity - i.cancelled, i.quantity))) AS sent_value,
         COUNT(*) AS n_lines,
         MAX(i.promo_no) AS promo_no,
         SUM(CASE WHEN i.cancelled < i.quantity THEN i.weight_kg ELSE 0 END) AS weight_kg,
         COUNT(CASE WHEN i.cancelled < i.quantity THEN 1 END) AS n_sent
  FROM items AS i
  WHERE i.lost IS NULL
  GROUP BY i.world, i.order_no
),
charged AS (
  SELECT s.world, s.order_no, s.value, s.n_lines, s.weight_kg, s.n_sent,
         CASE WHEN xl.problem <> b.world THEN 902 ELSE b.voucher_no END AS voucher_no, b.payment, b.region_no, b.channel,
         CASE WHEN xl.problem <> b.world THEN ROUND(CAST(s.value AS DOUBLE) * xl.strength, 2)
              WHEN b.voucher_no IS NULL THEN 0 ELSE ROUND(CAST(s.value AS DOUBLE) * b.voucher_share, 2) END AS order_discount,
         CASE WHEN b.channel = 'store' OR b.delivery = 'click and collect' THEN 0
              WHEN b.delivery = 'express' THEN CASE WHEN el.problem <> b.world THEN 0 ELSE $express_charge END
              WHEN s.value >= CASE WHEN fl.problem <> b.world THEN fl.strength ELSE $free_delivery_from END THEN 0
              ELSE $delivery_charge END AS shipping_charged,
         CASE b.payment WHEN 'card' THEN $card_fee_share WHEN 'paypal' THEN $paypal_fee_share WHEN 'invoice' THEN $invoice_fee_share ELSE 0 END
           * CASE WHEN rl.lever = 'costly_payment' AND rl.problem <> b.world THEN rl.strength ELSE 1 END AS fee_share
  FROM summed AS s
  INNER JOIN baskets AS b ON b.world = s.world AND b.order_no = s.order_no
  LEFT JOIN levers AS xl ON xl.family = 'stack' AND xl.member_no = s.promo_no AND b.channel IN ('web', 'app') AND X_UNIFORM('stacked', b.order_no) < 0.4
  LEFT JOIN levers AS el ON el.family = 'delivery' AND b.delivery = 'express' AND b.day_no >= el.starts_no AND b.day_no <= el.ends_no
  LEFT JOIN levers AS fl ON fl.family = 'policy' AND b.day_no >= fl.starts_no AND b.day_no <= fl.ends_no
  LEFT JOIN levers AS rl ON rl.family = 'region' AND rl.member_no = b.region_no AND b.day_no >= rl.starts_no AND b.day_no <= rl.ends_no
)
SELECT world, order_no, value, n_lines, weight_kg, order_discount, voucher_no, shipping_charged,
       CASE WHEN payment = 'cash' THEN 0
            ELSE ROUND((CAST(value AS DOUBLE) - order_discount + shipping_charged) * fee_share + $payment_fixed, 2) END AS payment_fee,
       n_sent = 0 AS cancelled_all
FROM charged
