/* ---
what = "Amounts that belong to no order line: orders without lines, returns, contacts and parcels without an order, spend without orders, storage, idle capacity."
grain = ["entry_no"]
include = ["components"]
[columns]
entry_no = "int | number of the entry"
entry = "text | order, return, contact, shipment, marketing, loyalty, storage or idle_capacity"
order_id = "text | order"
sku = "text | SKU"
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
ordered_on = "date | day it happened"
units_returned = "quantity | units returned"
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
         -X_TIMES(order_discount, exchange * untaxed) AS promotion,
         X_TIMES(shipping_charged, exchange * untaxed) AS shipping_income,
         -X_TIMES(payment_fee, exchange) AS fees,
         -X_TIMES(refund, untaxed) AS refunds,
         -X_TIMES(difference, untaxed) AS currency_difference,
         -return_costs AS return_costs, -service AS service, -concessions AS concessions, -loyalty AS loyalty,
         -marketing AS marketing, -carriage AS carriage
  FROM bare
),
met AS (
  SELECT pool_no FROM order_marketing GROUP BY pool_no
),
untaxed AS (
  SELECT CASE WHEN $prices_include_tax THEN X_DIV(1, 1 + $tax_rate) ELSE 1.0 END AS share
),
entries AS (
  SELECT 'order' AS entry, order_id, CAST(NULL AS TEXT) AS sku, customer_id, channel, store_id, country, region, carrier,
         marketing_channel, campaign, keyword, landing_page, ordered_on, X_QUANTITY(0) AS units_returned,
         names.name AS component,
         CASE names.name
           WHEN 'promotion' THEN promotion
           WHEN 'shipping_income' THEN shipping_income
           WHEN 'fees' THEN fees
           WHEN 'refunds' THEN refunds
           WHEN 'currency_difference' THEN currency_difference
           WHEN 'return_costs' THEN return_costs
           WHEN 'service' THEN service
           WHEN 'concessions' THEN concessions
           WHEN 'loyalty' THEN loyalty
           WHEN 'marketing' THEN marketing
           WHEN 'carriage' THEN carriage
         END AS amount
  FROM bare_amounts
  CROSS JOIN component_names AS names
  UNION ALL
  SELECT 'return', NULL, return_lines.sku, return_lines.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         return_lines.returned_on, CASE WHEN names.name = 'refunds' THEN return_lines.units ELSE X_QUANTITY(0) END,
         names.name,
         CASE names.name
           WHEN 'refunds' THEN -X_TIMES(COALESCE(return_lines.refund, 0), untaxed.share)
           WHEN 'currency_difference' THEN -X_TIMES(return_lines.difference, untaxed.share)
           WHEN 'return_costs' THEN -return_lines.costs
         END
  FROM return_lines
  CROSS JOIN component_names AS names
  CROSS JOIN untaxed
  WHERE return_lines.level = 'loose'
  UNION ALL
  SELECT 'contact', NULL, service_lines.sku, service_lines.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         service_lines.happened_on, X_QUANTITY(0), names.name,
         CASE names.name WHEN 'service' THEN -service_lines.service WHEN 'concessions' THEN -service_lines.concessions END
  FROM service_lines
  CROSS JOIN component_names AS names
  WHERE service_lines.level = 'loose'
  UNION ALL
  SELECT 'shipment', NULL, NULL, NULL, NULL, NULL, parcels.country, parcels.region, parcels.carrier, NULL, NULL, NULL, NULL,
         parcels.shipped_on, X_QUANTITY(0), 'carriage', -parcels.carriage
  FROM parcels
  WHERE parcels.order_id IS NULL
  UNION ALL
  SELECT 'marketing', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, spend_pools.marketing_channel, spend_pools.campaign,
         spend_pools.keyword, spend_pools.landing_page, spend_pools.month, X_QUANTITY(0), 'marketing', -spend_pools.cost
  FROM spend_pools
  LEFT JOIN met ON met.pool_no = spend_pools.pool_no
  WHERE met.pool_no IS NULL
  UNION ALL
  SELECT 'loyalty', NULL, NULL, loyalty_costs.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         loyalty_costs.moved_on, X_QUANTITY(0), 'loyalty', -loyalty_costs.loyalty
  FROM loyalty_costs
  WHERE loyalty_costs.order_id IS NULL
  UNION ALL
  SELECT 'storage', NULL, stock.sku, NULL, NULL, CASE WHEN stores.store_id IS NOT NULL THEN stock.place_id END, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, X_MONTH(stock.counted_on), X_QUANTITY(0), 'storage',
         -X_TIMES(stock.on_hand, everywhere.storage)
  FROM stock
  JOIN day_rates AS everywhere ON everywhere.day = stock.counted_on AND everywhere.dimension = ''
  LEFT JOIN stores ON stores.store_id = stock.place_id
  WHERE everywhere.storage IS NOT NULL
  UNION ALL
  SELECT 'idle_capacity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, months.month,
         X_QUANTITY(0), 'idle_capacity', -X_MONEY(idle.rate)
  FROM (SELECT X_MONTH(X_DAY(ordered_at)) AS month FROM orders WHERE ordered_at IS NOT NULL GROUP BY 1) AS months
  JOIN (SELECT starts_on, ends_on, rate FROM rates WHERE kind = 'idle_capacity') AS idle
    ON months.month >= COALESCE(idle.starts_on, months.month) AND months.month <= COALESCE(idle.ends_on, months.month)
),
gathered AS (
  SELECT entry, order_id, sku, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign,
         keyword, landing_page, ordered_on,
         SUM(units_returned) AS units_returned,
         SUM(ABS(COALESCE(amount, 0))) AS moved,
         X_EACH(components, SUM(CASE WHEN component = 'X_ITEM' THEN COALESCE(amount, 0) ELSE 0 END))
  FROM entries
  GROUP BY entry, order_id, sku, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign,
           keyword, landing_page, ordered_on
)
SELECT ROW_NUMBER() OVER (
         ORDER BY entry, order_id, sku, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign,
                  keyword, landing_page, ordered_on
       ) AS entry_no,
       entry, order_id, sku, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign,
       keyword, landing_page, ordered_on, units_returned,
       X_EACH(components, X_ITEM)
FROM gathered
WHERE moved > 0 OR units_returned > 0
