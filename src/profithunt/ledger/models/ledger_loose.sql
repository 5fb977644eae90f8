/* ---
what = "Amounts that belong to no order: returns, contacts and parcels without one, spend without orders, storage, idle capacity."
grain = ["entry_no"]
include = ["components"]
[columns]
entry_no = "int | number of the entry"
entry = "text | return, contact, shipment, marketing, loyalty, storage or idle_capacity"
order_id = "text | null: they belong to no order"
sku = "text | SKU"
customer_id = "text | customer"
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
WITH met AS (
  SELECT pool_no FROM order_marketing GROUP BY pool_no
),
untaxed AS (
  SELECT CASE WHEN $prices_include_tax THEN X_DIV(1, 1 + $tax_rate) ELSE 1.0 END AS share
),
entries AS (
  SELECT 'return' AS entry, return_lines.sku AS sku, return_lines.customer_id AS customer_id, CAST(NULL AS TEXT) AS store_id,
         CAST(NULL AS TEXT) AS country, CAST(NULL AS TEXT) AS region, CAST(NULL AS TEXT) AS carrier,
         CAST(NULL AS TEXT) AS marketing_channel, CAST(NULL AS TEXT) AS campaign, CAST(NULL AS TEXT) AS keyword,
         CAST(NULL AS TEXT) AS landing_page, return_lines.returned_on AS ordered_on,
         CASE WHEN names.name = 'refunds' THEN return_lines.units ELSE X_QUANTITY(0) END AS units_returned,
         names.name AS component,
         CASE names.name
           WHEN 'refunds' THEN -X_TIMES(COALESCE(return_lines.refund, 0), untaxed.share)
           WHEN 'currency_difference' THEN -X_TIMES(return_lines.difference, untaxed.share)
           WHEN 'return_costs' THEN -return_lines.costs
         END AS amount
  FROM return_lines
  CROSS JOIN component_names AS names
  CROSS JOIN untaxed
  WHERE return_lines.level = 'loose'
  UNION ALL
  SELECT 'contact', service_lines.sku, service_lines.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         service_lines.happened_on, X_QUANTITY(0), names.name,
         CASE names.name WHEN 'service' THEN -service_lines.service WHEN 'concessions' THEN -service_lines.concessions END
  FROM service_lines
  CROSS JOIN component_names AS names
  WHERE service_lines.level = 'loose'
  UNION ALL
  SELECT 'shipment', NULL, NULL, NULL, parcels.country, parcels.region, parcels.carrier, NULL, NULL, NULL, NULL,
         parcels.shipped_on, X_QUANTITY(0), 'carriage', -parcels.carriage
  FROM parcels
  WHERE parcels.order_id IS NULL
  UNION ALL
  SELECT 'marketing', NULL, NULL, NULL, NULL, NULL, NULL, spend_pools.marketing_channel, spend_pools.campaign,
         spend_pools.keyword, spend_pools.landing_page, spend_pools.month, X_QUANTITY(0), 'marketing', -spend_pools.cost
  FROM spend_pools
  LEFT JOIN met ON met.pool_no = spend_pools.pool_no
  WHERE met.pool_no IS NULL
  UNION ALL
  SELECT 'loyalty', NULL, loyalty_costs.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
         loyalty_costs.moved_on, X_QUANTITY(0), 'loyalty', -loyalty_costs.loyalty
  FROM loyalty_costs
  WHERE loyalty_costs.order_id IS NULL
  UNION ALL
  SELECT 'storage', stock.sku, NULL, CASE WHEN stores.store_id IS NOT NULL THEN stock.place_id END, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, X_MONTH(stock.counted_on), X_QUANTITY(0), 'storage',
         -X_TIMES(stock.on_hand, everywhere.storage)
  FROM stock
  JOIN day_rates AS everywhere ON everywhere.day = stock.counted_on AND everywhere.dimension = ''
  LEFT JOIN stores ON stores.store_id = stock.place_id
  WHERE everywhere.storage IS NOT NULL
  UNION ALL
  SELECT 'idle_capacity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, months.month,
         X_QUANTITY(0), 'idle_capacity', -X_MONEY(idle.rate)
  FROM (SELECT X_MONTH(X_DAY(ordered_at)) AS month FROM orders WHERE ordered_at IS NOT NULL GROUP BY 1) AS months
  JOIN (SELECT starts_on, ends_on, rate FROM rates WHERE kind = 'idle_capacity') AS idle
    ON months.month >= COALESCE(idle.starts_on, months.month) AND months.month <= COALESCE(idle.ends_on, months.month)
),
gathered AS (
  SELECT entry, sku, customer_id, store_id, country, region, carrier, marketing_channel, campaign,
         keyword, landing_page, ordered_on,
         SUM(units_returned) AS units_returned,
         SUM(ABS(COALESCE(amount, 0))) AS moved,
         X_EACH(components, SUM(CASE WHEN component = 'X_ITEM' THEN COALESCE(amount, 0) ELSE 0 END))
  FROM entries
  GROUP BY entry, sku, customer_id, store_id, country, region, carrier, marketing_channel, campaign,
           keyword, landing_page, ordered_on
)
SELECT ROW_NUMBER() OVER (
         ORDER BY entry, sku, customer_id, store_id, country, region, carrier, marketing_channel, campaign,
                  keyword, landing_page, ordered_on
       ) AS entry_no,
       entry, NULL AS order_id, sku, customer_id, store_id, country, region, carrier, marketing_channel, campaign,
       keyword, landing_page, ordered_on, units_returned,
       X_EACH(components, X_ITEM)
FROM gathered
WHERE moved > 0 OR units_returned > 0
