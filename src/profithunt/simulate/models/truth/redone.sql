/* ---
what = "Orders to be run again: those of customers who are lived again, and those that problems touched, each in the world without its problem."
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
SELECT d.world, d.order_no, d.customer_no, d.place, d.extra, d.day_no, d.slot, d.region_no, d.postcode_no, d.size_factor, d.taste, d.return_habit, d.asking, d.loyal, d.member, d.guest, d.home_no, d.store_person, d.on_credit, d.collected, d.carrier_no, d.acts, d.channel, d.is_online, d.device, d.device_no, d.place_no, d.origin_no, d.delivery, d.visit_channel_no, d.keyword_no, d.page_no, d.term_no, d.search_no, d.voucher_no, d.voucher_share
FROM drafts AS d
UNION ALL
SELECT t.problem, d.order_no, d.customer_no, d.place, d.extra, d.day_no, d.slot, d.region_no, d.postcode_no, d.size_factor, d.taste, d.return_habit, d.asking, d.loyal, d.member, d.guest, d.home_no, d.store_person, d.on_credit, d.collected, d.carrier_no, d.acts, d.channel, d.is_online, d.device, d.device_no, d.place_no, d.origin_no, d.delivery, d.visit_channel_no, d.keyword_no, d.page_no, d.term_no, d.search_no, d.voucher_no, d.voucher_share
FROM drafts_as_is AS d
INNER JOIN touched_orders AS t ON t.order_no = d.order_no
