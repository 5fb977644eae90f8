/* ---
what = "Amounts of orders that have no line: their discount, delivery, fee, refunds, parcels, contacts and marketing."
grain = ["order_id"]
empty_with = ["bare_orders"]
include = ["components"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
customer_id = "text | customer"
channel = "text | channel"
store_id = "text | store"
country = "text | country"
region = "text | region"
carrier = "text | carrier"
marketing_channel = "text | marketing channel"
campaign = "text | campaign"
keyword = "text | keyword"
landing_page = "text | landing page"
ordered_on = "date | day of the order"
--- */
WITH bare AS (
  SELECT order_terms.order_id AS order_id, order_terms.customer_id AS customer_id, order_terms.channel AS channel,
         order_terms.store_id AS store_id, order_terms.country AS country, order_terms.region AS region,
         order_terms.carrier AS carrier, order_terms.marketing_channel AS marketing_channel,
         order_terms.campaign AS campaign, order_terms.keyword AS keyword, order_terms.landing_page AS landing_page,
         order_terms.ordered_on AS ordered_on, COALESCE(order_terms.exchange, 1.0) AS exchange,
         CASE WHEN $prices_include_tax THEN X_DIV(1, 1 + order_terms.tax_rate) ELSE 1.0 END AS untaxed,
         order_terms.order_discount AS order_discount, order_terms.shipping_charged AS shipping_charged,
         order_terms.payment_fee AS payment_fee, order_terms.refund AS refund, order_terms.difference AS difference,
         order_terms.return_costs AS return_costs, order_terms.service AS service,
         order_terms.concessions AS concessions, order_terms.loyalty AS loyalty, order_terms.marketing AS marketing,
         order_terms.carriage AS carriage
  FROM order_terms
  JOIN bare_orders ON bare_orders.order_id = order_terms.order_id
),
bare_amounts AS (
  SELECT order_id, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign, keyword,
         landing_page, ordered_on,
         -X_TIMES(COALESCE(order_discount, 0), exchange * untaxed) AS promotion,
         X_TIMES(COALESCE(shipping_charged, 0), exchange * untaxed) AS shipping_income,
         -X_TIMES(COALESCE(payment_fee, 0), exchange) AS fees,
         -X_TIMES(COALESCE(refund, 0), untaxed) AS refunds,
         -X_TIMES(COALESCE(difference, 0), untaxed) AS currency_difference,
         -COALESCE(return_costs, 0) AS return_costs, -COALESCE(service, 0) AS service,
         -COALESCE(concessions, 0) AS concessions, -COALESCE(loyalty, 0) AS loyalty,
         -COALESCE(marketing, 0) AS marketing, -COALESCE(carriage, 0) AS carriage,
         X_MONEY(0) AS list_sales, X_MONEY(0) AS markdown, X_MONEY(0) AS funding, X_MONEY(0) AS cancellations,
         X_MONEY(0) AS expected_returns, X_MONEY(0) AS cogs, X_MONEY(0) AS expected_recovery, X_MONEY(0) AS fulfilment,
         X_MONEY(0) AS expected_return_costs, X_MONEY(0) AS storage, X_MONEY(0) AS idle_capacity
  FROM bare
)
SELECT order_id, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign, keyword, landing_page,
       ordered_on,
       X_EACH(components, X_ITEM)
FROM bare_amounts
WHERE promotion <> 0 OR shipping_income <> 0 OR fees <> 0 OR refunds <> 0 OR currency_difference <> 0 OR return_costs <> 0
   OR service <> 0 OR concessions <> 0 OR loyalty <> 0 OR marketing <> 0 OR carriage <> 0
