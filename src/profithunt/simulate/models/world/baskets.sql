/* ---
what = "Orders before anything is put into them: when, by whom, where, through which visit; and those that a problem prevented."
grain = ["world", "order_no"]
[columns]
world = "text | world"
order_no = "int | customer × 256 + 2 × its place, and 1 for an order that an action brought"
customer_no = "int | customer"
place = "int | place among the customer's orders, from 0"
extra = "bool | brought by an action"
day_no = "int | day"
day = "date | day"
month_no = "int | month"
ordered_at = "timestamp | when"
channel = "text | web, app, store, marketplace"
device = "text | device"
place_no = "int | store, for orders in one"
origin_no = "int | warehouse that parcels leave from"
region_no = "int | region"
postcode_no = "int | postcode"
payment = "text | means of payment"
delivery = "text | delivery option"
carrier_no = "int | carrier"
visit_channel_no = "int | where the visit came from"
keyword_no = "int | keyword of the visit"
page_no = "int | page of the visit"
term_no = "int | search term of the visit: keyword × 6 + suffix"
search_no = "int | what was typed into the shop's search"
voucher_no = "int | code used: 900 welcome, 901 newsletter, 902 partner, 903 thank you"
voucher_share = "rate | its discount"
lost = "text | what prevented the order; null for orders placed"
size_factor = "rate | basket size relative to others"
taste = "rate | taste"
return_habit = "rate | how readily sent back"
asking = "rate | how readily service is asked"
loyal = "rate | loyalty of the customer"
member = "bool | earns credits"
guest = "bool | guest"
acts = "text | what the customer does for the first time at this order, separated by spaces"
slot = "int | slot of the clock"
--- */
SELECT o.world, o.order_no, o.customer_no, o.place, o.extra, o.day_no, d.day, d.month_no,
       X_ADD_SECONDS(CAST(d.day AS TIMESTAMP),
         21600 + X_DRAW(30600, 'order.second', o.order_no) + X_DRAW(30600, 'order.second.more', o.order_no)) AS ordered_at,
       o.channel, o.device,
       o.place_no, o.origin_no,
       o.region_no, o.postcode_no,
       CASE WHEN o.on_credit THEN 'invoice'
            WHEN o.channel = 'store' THEN CASE WHEN X_UNIFORM('order.pay', o.order_no) < 0.7 THEN 'card' ELSE 'cash' END
            WHEN X_UNIFORM('order.pay', o.order_no) < 0.55 THEN 'card'
            WHEN X_UNIFORM('order.pay', o.order_no) < 0.88 THEN 'paypal'
            ELSE 'invoice' END AS payment,
       o.delivery,
       o.carrier_no, o.visit_channel_no, o.keyword_no, o.page_no, o.term_no, o.search_no,
       CASE WHEN cl.lever = 'vouchers' AND cl.problem <> o.world THEN 903 ELSE o.voucher_no END AS voucher_no,
       CASE WHEN cl.lever = 'vouchers' AND cl.problem <> o.world THEN cl.strength
            ELSE COALESCE(o.voucher_share, v.share) END AS voucher_share,
       CASE
         WHEN cl.lever = 'stops' AND cl.problem <> o.world THEN cl.lever
         WHEN cl.absent AND cl.problem = o.world THEN 'given_up'
         WHEN kl.lever = 'dead_clicks' AND X_UNIFORM('lost.keyword', o.order_no) < kl.strength THEN kl.lever
         WHEN kl.problem = o.world AND kl.absent THEN 'paused'
         WHEN tl.lever = 'wasted' THEN tl.lever
         WHEN pl.problem <> o.world AND X_UNIFORM('lost.page', o.order_no) < pl.strength THEN pl.lever
         WHEN sl.problem <> o.world AND X_UNIFORM('lost.search', o.order_no) < sl.strength THEN sl.lever
         WHEN dl.problem <> o.world AND o.is_online AND X_UNIFORM('lost.device', o.order_no) < dl.strength THEN dl.lever
         WHEN rl.lever = 'slow_promise' AND rl.problem <> o.world AND o.channel <> 'store'
              AND X_UNIFORM('lost.promise', o.order_no) < 0.04 * rl.strength THEN rl.lever
         WHEN rl.lever = 'fewer_orders' AND rl.problem <> o.world AND X_UNIFORM('lost.region', o.order_no) < rl.strength THEN rl.lever
         WHEN hl.problem <> o.world AND o.place > 0 AND X_UNIFORM('lost.store', o.customer_no) < hl.strength THEN hl.lever
       END AS lost,
       o.size_factor, o.taste, o.return_habit, o.asking, o.loyal, o.member, o.guest,
       o.acts, o.slot
FROM drafts AS o
INNER JOIN days AS d ON d.day_no = o.day_no
LEFT JOIN offers AS v ON v.promo_no = o.voucher_no
LEFT JOIN levers AS cl ON cl.family = 'customer' AND cl.member_no = o.customer_no AND o.day_no >= cl.starts_no AND o.day_no <= cl.ends_no
LEFT JOIN levers AS kl ON kl.family = 'keyword' AND kl.member_no = o.keyword_no AND o.day_no >= kl.starts_no AND o.day_no <= kl.ends_no
LEFT JOIN levers AS tl ON tl.family = 'term' AND tl.member_no = o.term_no AND o.day_no >= tl.starts_no AND o.day_no <= tl.ends_no
LEFT JOIN levers AS pl ON pl.family = 'page' AND pl.member_no = o.page_no AND o.day_no >= pl.starts_no AND o.day_no <= pl.ends_no
LEFT JOIN levers AS sl ON sl.family = 'search' AND sl.member_no = o.search_no AND o.day_no >= sl.starts_no AND o.day_no <= sl.ends_no
LEFT JOIN levers AS dl ON dl.family = 'device' AND dl.member_no = o.device_no
  AND o.day_no >= dl.starts_no AND o.day_no <= dl.ends_no
LEFT JOIN levers AS rl ON rl.family = 'region' AND rl.member_no = o.region_no AND o.day_no >= rl.starts_no AND o.day_no <= rl.ends_no
LEFT JOIN levers AS hl ON hl.family = 'store' AND hl.lever = 'lost_custom' AND hl.member_no = o.home_no
  AND o.store_person AND o.day_no >= hl.starts_no AND o.day_no <= hl.ends_no
