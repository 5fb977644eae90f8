/* ---
what = "Each order with all that its lines share: slices, exchange rate, tax, discount, delivery charge, activity rates, charges."
grain = ["order_id"]
kind = "view"
dirty_key = "order_id"
[columns]
order_id = "text | order"
customer_id = "text | customer"
channel = "text | channel"
store_id = "text | store"
country = "text | country"
region = "text | region"
promo_id = "text | promotion of the order discount"
carrier = "text | carrier, null where the order had several"
ordered_on = "date | day of the order in the shop's time zone"
exchange = "rate | shop currency per unit of the order's; null where it is the shop's own"
tax_rate = "rate | tax on prices where the product does not say"
order_discount = "money | discount on the order, order currency"
shipping_charged = "money | delivery charge, order currency, null where cancelled"
cancelled = "bool | the whole order was cancelled"
payment_fee = "money | fee as stated, order currency"
payment_share = "rate | share of what is paid, where no fee is stated"
payment_fixed = "rate | amount per payment, where no fee is stated"
marketplace_share = "rate | share of net value"
pick = "rate | cost per line"
pack = "money | cost of packing the parcels"
receive = "rate | cost per unit"
n_parcels = "int | parcels"
carriage = "money | parcels that all lines share"
shipped_on = "date | day of the first dispatch"
returned_on = "date | day of the last return of the whole order"
contacted_on = "date | day of the last contact about the order"
is_new_customer_order = "bool | first order of its customer"
refund = "money | refunds on the whole order"
difference = "money | currency difference of refunds"
return_costs = "money | return costs of the whole order"
service = "money | contacts about the order"
concessions = "money | goodwill and defects"
loyalty = "money | credits earned"
marketing = "money | marketing"
marketing_channel = "text | channel, where one touch has all the credit"
campaign = "text | campaign, where one touch has all the credit"
keyword = "text | keyword, where one touch has all the credit"
landing_page = "text | landing page, where one touch has all the credit"
[dirty]
stores = "SELECT orders.order_id FROM orders JOIN changed ON changed.store_id = orders.store_id"
day_rates = """
SELECT orders.order_id FROM orders
JOIN (SELECT day FROM changed GROUP BY day) AS days ON days.day = X_DAY(orders.ordered_at)
"""
--- */
SELECT orders.order_id AS order_id,
       orders.customer_id AS customer_id,
       orders.channel AS channel,
       orders.store_id AS store_id,
       COALESCE(orders.country, stores.country) AS country,
       COALESCE(orders.region, stores.region) AS region,
       orders.promo_id AS promo_id,
       order_parcels.carrier AS carrier,
       X_DAY(orders.ordered_at) AS ordered_on,
       CASE WHEN orders.currency <> $currency THEN currency_rate.exchange END AS exchange,
       COALESCE(country_tax.rate, $tax_rate) AS tax_rate,
       orders.order_discount AS order_discount,
       CASE WHEN orders.cancelled_at IS NULL THEN orders.shipping_charged END AS shipping_charged,
       orders.cancelled_at IS NOT NULL AS cancelled,
       orders.payment_fee AS payment_fee,
       COALESCE(by_method.payment_share, by_store.payment_share, by_channel.payment_share, by_country.payment_share, everywhere.payment_share) AS payment_share,
       COALESCE(by_method.payment_fixed, by_store.payment_fixed, by_channel.payment_fixed, by_country.payment_fixed, everywhere.payment_fixed) AS payment_fixed,
       COALESCE(by_store.marketplace_share, by_channel.marketplace_share, by_country.marketplace_share, everywhere.marketplace_share) AS marketplace_share,
       COALESCE(by_store.pick, by_channel.pick, by_country.pick, everywhere.pick) AS pick,
       X_MONEY(
         COALESCE(by_store.pack, by_channel.pack, by_country.pack, everywhere.pack)
         * COALESCE(order_parcels.n_parcels, CASE WHEN orders.cancelled_at IS NULL THEN 1 ELSE 0 END)
       ) AS pack,
       COALESCE(by_store.receive, by_channel.receive, by_country.receive, everywhere.receive) AS receive,
       order_parcels.n_parcels AS n_parcels,
       order_parcels.carriage - COALESCE(named_parcels.carriage, 0) AS carriage,
       order_parcels.shipped_on AS shipped_on,
       order_charges.returned_on AS returned_on,
       order_charges.contacted_on AS contacted_on,
       first_orders.order_id IS NOT NULL AS is_new_customer_order,
       order_charges.refund AS refund,
       order_charges.difference AS difference,
       order_charges.return_costs AS return_costs,
       order_charges.service AS service,
       order_charges.concessions AS concessions,
       order_charges.loyalty AS loyalty,
       marketed.marketing AS marketing,
       owners.marketing_channel AS marketing_channel,
       owners.campaign AS campaign,
       owners.keyword AS keyword,
       owners.landing_page AS landing_page
FROM orders
LEFT JOIN stores ON stores.store_id = orders.store_id
LEFT JOIN order_parcels ON order_parcels.order_id = orders.order_id
LEFT JOIN (
  SELECT order_id, SUM(carriage) AS carriage FROM parcel_lines GROUP BY order_id
) AS named_parcels ON named_parcels.order_id = orders.order_id
LEFT JOIN order_charges ON order_charges.order_id = orders.order_id
LEFT JOIN (
  SELECT order_id, SUM(cost) AS marketing FROM order_marketing GROUP BY order_id
) AS marketed ON marketed.order_id = orders.order_id
LEFT JOIN first_orders ON first_orders.order_id = orders.order_id
LEFT JOIN (
  SELECT order_id, marketing_channel, campaign, keyword, landing_page FROM order_credits WHERE credit = 1000000
) AS owners ON owners.order_id = orders.order_id
LEFT JOIN country_tax ON country_tax.country = COALESCE(orders.country, stores.country)
LEFT JOIN day_rates AS everywhere ON everywhere.day = X_DAY(orders.ordered_at) AND everywhere.dimension = ''
LEFT JOIN day_rates AS by_channel
  ON by_channel.day = X_DAY(orders.ordered_at) AND by_channel.dimension = 'channel' AND by_channel.member = orders.channel
LEFT JOIN day_rates AS by_store
  ON by_store.day = X_DAY(orders.ordered_at) AND by_store.dimension = 'store' AND by_store.member = orders.store_id
LEFT JOIN day_rates AS by_country
  ON by_country.day = X_DAY(orders.ordered_at)
  AND by_country.dimension = 'country'
  AND by_country.member = COALESCE(orders.country, stores.country)
LEFT JOIN day_rates AS by_method
  ON by_method.day = X_DAY(orders.ordered_at)
  AND by_method.dimension = 'payment_method'
  AND by_method.member = orders.payment_method
LEFT JOIN day_rates AS currency_rate
  ON currency_rate.day = X_DAY(orders.ordered_at)
  AND currency_rate.dimension = 'currency'
  AND currency_rate.member = orders.currency
