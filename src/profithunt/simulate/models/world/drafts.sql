/* ---
what = "Orders as customers set out to place them: when, by whom, where, through which visit."
grain = ["world", "order_no"]
[columns]
world = "text | world"
order_no = "int | customer × 256 + 2 × its place, and 1 for an order that an action brought"
customer_no = "int | customer"
place = "int | place among the customer's orders, from 0"
extra = "bool | brought by an action"
day_no = "int | day"
slot = "int | slot of the clock"
region_no = "int | region"
postcode_no = "int | postcode"
size_factor = "rate | basket size relative to others"
taste = "rate | taste"
return_habit = "rate | how readily sent back"
asking = "rate | how readily service is asked"
loyal = "rate | loyalty of the customer"
member = "bool | earns credits"
guest = "bool | guest"
home_no = "int | nearest store"
store_person = "bool | likes to buy in stores"
on_credit = "bool | pays by the credit account"
collected = "bool | fetched from a store"
carrier_no = "int | carrier"
acts = "text | what the customer does for the first time at this order, separated by spaces"
channel = "text | web, app, store, marketplace"
is_online = "bool | web or app"
device = "text | device"
device_no = "int | 0 mobile, 1 desktop, 2 tablet"
place_no = "int | store, for orders in one"
origin_no = "int | warehouse that parcels leave from"
delivery = "text | delivery option"
visit_channel_no = "int | where the visit came from"
keyword_no = "int | keyword of the visit"
page_no = "int | page of the visit"
term_no = "int | search term of the visit: keyword × 6 + suffix"
search_no = "int | what was typed into the shop's search"
voucher_no = "int | code used: 900 welcome, 901 newsletter, 902 partner, 903 thank you"
voucher_share = "rate | its discount, where it is not the code's own"
--- */
WITH placed AS (
  SELECT p.world, p.customer_no, n.n AS place,
         p.begins + SUM(CASE WHEN n.n = 0 THEN 0
             ELSE -LN(X_UNIFORM('order.gap', p.customer_no, n.n)) / p.pace
                  + CASE WHEN X_UNIFORM('order.sleep', p.customer_no, n.n) < $sleep_share THEN $sleep_days ELSE 0 END END)
           OVER (PARTITION BY p.world, p.customer_no ORDER BY n.n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS at
  FROM people AS p
  INNER JOIN numbers AS n
    ON n.n < LEAST(p.n_life, 14 + 2.2 * p.pace * $n_days)
  WHERE n.n < 120
),
-- Actions of earlier orders bring further orders, or cost some: each order may have one more behind it, or not be.
effects AS (
  SELECT o.world, o.customer_no, o.place, o.at,
         p.responding * (
             CASE WHEN o.place >= p.app_from THEN GREATEST(a.app_installed_effect, 0) ELSE 0 END
           + CASE WHEN o.place >= p.joined_from THEN GREATEST(a.loyalty_joined_effect, 0) ELSE 0 END
           + CASE WHEN o.place >= p.subscribed_from THEN GREATEST(a.subscription_started_effect, 0) ELSE 0 END
           + CASE WHEN o.place >= p.referred_from THEN GREATEST(a.referral_made_effect, 0) ELSE 0 END
           + CASE WHEN o.place >= p.reviewed_from THEN GREATEST(a.review_written_effect, 0) ELSE 0 END) AS more,
         p.responding * (
             CASE WHEN o.place >= p.credit_from THEN GREATEST(-a.credit_account_opened_effect, 0) ELSE 0 END
           + CASE WHEN o.place >= p.collected_from THEN GREATEST(-a.click_and_collect_used_effect, 0) ELSE 0 END) AS less
  FROM placed AS o
  INNER JOIN people AS p ON p.world = o.world AND p.customer_no = o.customer_no
  CROSS JOIN action_chances AS a
  WHERE o.at >= 0 AND o.at < $n_days
),
kept AS (
  SELECT world, customer_no, place, at, customer_no * 256 + place * 2 AS order_no, FALSE AS extra
  FROM effects
  WHERE X_UNIFORM('order.less', customer_no, place) >= less OR $potential
  UNION ALL
  SELECT world, customer_no, place,
         at + 3 + 18 * X_UNIFORM('order.more.wait', customer_no, place), customer_no * 256 + place * 2 + 1, TRUE
  FROM effects
  WHERE (X_UNIFORM('order.more', customer_no, place) < more OR $potential)
    AND at + 3 + 18 * X_UNIFORM('order.more.wait', customer_no, place) < $n_days
),
timed AS (
  SELECT k.world, k.customer_no, k.place, k.extra, k.order_no, c.day_no, c.slot
  FROM kept AS k
  INNER JOIN clock AS c ON c.slot = FLOOR(k.at * 8)
),
chosen AS (
  SELECT t.world, t.order_no, t.customer_no, t.place, t.extra, t.day_no, t.slot,
         p.region_no, p.postcode_no, p.size_factor, p.taste, p.return_habit, p.asking, p.loyal,
         p.member AND t.place >= p.joined_from AS member, p.guest, p.opted_in, p.home_no, p.vouchers, p.bought_by,
         p.leaning >= $app_share AND p.leaning < $app_share + $store_share AS store_person,
         CASE WHEN X_UNIFORM('order.channel.own', t.order_no) < 0.75 THEN p.leaning ELSE X_UNIFORM('order.channel', t.order_no) END AS channel_u,
         CASE WHEN X_UNIFORM('order.device.own', t.order_no) < 0.7 THEN p.device_leaning ELSE X_UNIFORM('order.device', t.order_no) END AS device_u,
         t.place = p.credit_from - 1 OR (t.place >= p.credit_from AND X_UNIFORM('order.credit', t.order_no) < 0.4) AS on_credit,
         t.place = p.collected_from - 1 OR (t.place >= p.collected_from AND X_UNIFORM('order.collect', t.order_no) < 0.35) AS collected,
         CASE WHEN t.place = 0 AND NOT t.extra THEN p.channel_no ELSE lw.member_no END AS visit_channel_no,
         CASE WHEN t.place = 0 AND NOT t.extra THEN p.keyword_no WHEN lw.member_no = 0 THEN kw.member_no END AS keyword_no,
         CASE WHEN t.place = 0 AND NOT t.extra THEN p.page_no ELSE pw.member_no END AS page_no,
         X_DRAW(6, 'order.term', t.order_no) AS suffix_no,
         CASE WHEN X_UNIFORM('order.searched', t.order_no) < 0.3 THEN sw.member_no END AS search_no,
         cw.member_no AS carrier_no,
         CASE WHEN NOT t.extra THEN CONCAT(
           CASE WHEN t.place = p.app_from - 1 THEN 'app_installed ' ELSE '' END,
           CASE WHEN t.place = p.joined_from - 1 THEN 'loyalty_joined ' ELSE '' END,
           CASE WHEN t.place = p.subscribed_from - 1 THEN 'subscription_started ' ELSE '' END,
           CASE WHEN t.place = p.wished_from - 1 THEN 'wishlist_created ' ELSE '' END,
           CASE WHEN t.place = p.letter_from - 1 THEN 'newsletter_joined ' ELSE '' END,
           CASE WHEN t.place = p.referred_from - 1 THEN 'referral_made ' ELSE '' END,
           CASE WHEN t.place = p.credit_from - 1 THEN 'credit_account_opened ' ELSE '' END,
           CASE WHEN t.place = p.collected_from - 1 THEN 'click_and_collect_used ' ELSE '' END,
           CASE WHEN t.place = p.reviewed_from - 1 THEN 'review_written ' ELSE '' END) END AS acts
  FROM timed AS t
  INNER JOIN people AS p
    ON p.world = t.world AND p.customer_no = t.customer_no
  INNER JOIN wheels AS lw ON lw.wheel = 'later' AND lw.slot = X_DRAW(2000, 'order.visit', t.order_no)
  INNER JOIN wheels AS kw ON kw.wheel = 'keyword' AND kw.slot = X_DRAW(2000, 'order.keyword', t.order_no)
  INNER JOIN wheels AS pw ON pw.wheel = 'page' AND pw.slot = X_DRAW(2000, 'order.page', t.order_no)
  INNER JOIN wheels AS sw ON sw.wheel = 'search' AND sw.slot = X_DRAW(2000, 'order.search', t.order_no)
  INNER JOIN wheels AS cw ON cw.wheel = 'carrier' AND cw.slot = X_DRAW(2000, 'order.carrier', t.order_no)
),
bought AS (
  SELECT c.world, c.order_no, c.customer_no, c.place, c.extra, c.day_no, c.slot, c.region_no, c.postcode_no, c.size_factor,
         c.taste, c.return_habit, c.asking, c.loyal, c.member, c.guest, c.opted_in, c.home_no, c.store_person, c.vouchers, c.bought_by, c.device_u,
         c.on_credit, c.collected, c.visit_channel_no, c.suffix_no, c.search_no, c.carrier_no, c.acts,
         CASE WHEN c.collected THEN 'web'
              WHEN c.channel_u < $app_share THEN 'app'
              WHEN c.channel_u < $app_share + $store_share THEN 'store'
              WHEN c.channel_u < $app_share + $store_share + $marketplace_share THEN 'marketplace'
              ELSE 'web' END AS channel,
         c.keyword_no,
         CASE WHEN c.keyword_no IS NOT NULL THEN k.page_no ELSE c.page_no END AS page_no
  FROM chosen AS c
  LEFT JOIN keywords AS k ON k.keyword_no = c.keyword_no
),
online AS (
  SELECT b.world, b.order_no, b.customer_no, b.place, b.extra, b.day_no, b.slot, b.region_no, b.postcode_no, b.size_factor,
         b.taste, b.return_habit, b.asking, b.loyal, b.member, b.guest, b.opted_in, b.home_no, b.store_person, b.vouchers, b.on_credit,
         b.collected, b.carrier_no, b.acts, b.channel,
         b.channel IN ('web', 'app') AS is_online,
         CASE WHEN b.channel = 'app' THEN 'mobile'
              WHEN b.channel = 'web' AND b.device_u < 0.52 THEN 'mobile'
              WHEN b.channel = 'web' AND b.device_u < 0.93 THEN 'desktop'
              WHEN b.channel = 'web' THEN 'tablet' END AS device,
         CASE WHEN b.channel IN ('web', 'app') THEN b.visit_channel_no END AS visit_channel_no,
         CASE WHEN b.channel IN ('web', 'app') THEN b.keyword_no END AS keyword_no,
         CASE WHEN b.channel IN ('web', 'app') THEN b.page_no END AS page_no,
         CASE WHEN b.channel IN ('web', 'app') THEN b.keyword_no * 6 + b.suffix_no END AS term_no,
         CASE WHEN b.channel IN ('web', 'app') THEN b.search_no END AS search_no,
         CASE WHEN b.bought_by > 0 AND b.place = 0 AND NOT b.extra THEN b.bought_by END AS voucher_share,
         CASE WHEN b.bought_by > 0 AND b.place = 0 AND NOT b.extra THEN 900
              WHEN b.channel IN ('web', 'app') AND b.place = 0 AND X_UNIFORM('order.welcome', b.order_no) < 0.3 THEN 900
              WHEN b.channel IN ('web', 'app') AND X_UNIFORM('order.voucher', b.order_no) < b.vouchers
                THEN 901 + X_DRAW(3, 'order.voucher.no', b.order_no) END AS voucher_no
  FROM bought AS b
)
SELECT o.world, o.order_no, o.customer_no, o.place, o.extra, o.day_no, o.slot, o.region_no, o.postcode_no, o.size_factor, o.taste,
       o.return_habit, o.asking, o.loyal, o.member, o.guest, o.home_no, o.store_person, o.on_credit, o.collected,
       COALESCE(m.member_no, o.carrier_no) AS carrier_no,
       o.acts, o.channel, o.is_online, o.device,
       CASE o.device WHEN 'mobile' THEN 0 WHEN 'desktop' THEN 1 WHEN 'tablet' THEN 2 END AS device_no,
       CASE WHEN o.channel = 'store' THEN
         CASE WHEN X_UNIFORM('order.home', o.order_no) < 0.85 THEN o.home_no ELSE 2 + X_DRAW($n_stores, 'order.store', o.order_no) END END AS place_no,
       CASE WHEN X_UNIFORM('order.origin', o.order_no) < 0.68 THEN 0 ELSE 1 END AS origin_no,
       CASE WHEN o.channel = 'store' THEN 'carried home'
            WHEN o.collected THEN 'click and collect'
            WHEN X_UNIFORM('order.delivery', o.order_no) < 0.11 THEN 'express'
            ELSE 'standard' END AS delivery,
       o.visit_channel_no, o.keyword_no, o.page_no, o.term_no, o.search_no, o.voucher_no, o.voucher_share
FROM online AS o
INNER JOIN regions AS r ON r.region_no = o.region_no
LEFT JOIN levers AS m ON m.family = 'carrier_mix' AND r.zone = 'C' AND o.day_no >= m.starts_no AND o.day_no <= m.ends_no
