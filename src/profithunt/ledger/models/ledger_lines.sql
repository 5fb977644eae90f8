/* ---
what = "One row per order line: every component of its contribution profit."
grain = ["order_id", "line_no"]
kind = "view"
dirty_key = "order_id"
include = ["amounts"]
[columns]
entry = "text | line"
order_id = "text | order"
line_no = "int | line"
sku = "text | SKU"
customer_id = "text | customer, null for a guest"
channel = "text | channel"
store_id = "text | store"
country = "text | country"
region = "text | region"
carrier = "text | carrier"
promo_id = "text | promotion of the line, else of the order"
marketing_channel = "text | marketing channel, where one touch has all the credit"
campaign = "text | campaign, where one touch has all the credit"
keyword = "text | keyword, where one touch has all the credit"
landing_page = "text | landing page, where one touch has all the credit"
ordered_on = "date | day of the order"
ordered_month = "date | month of the order"
shipped_on = "date | day of the first dispatch: carriage happened"
returned_on = "date | day of the last return: refunds and return costs happened"
contacted_on = "date | day of the last contact or defect: service and concessions happened"
is_new_customer_order = "bool | first order of its customer"
quantity = "quantity | units ordered"
units = "quantity | units ordered and not cancelled"
units_returned = "quantity | units returned"
discounted = "bool | sold below list price or with a discount"
cost_source = "text | line, product, latest, category_ratio, shop_ratio, assumed or none"
provisional = "bool | returns are still expected"
[dirty]
return_odds = """
SELECT orders.order_id FROM orders
JOIN (SELECT ordered_on FROM changed GROUP BY ordered_on) AS days ON days.ordered_on = X_DAY(orders.ordered_at)
"""
promotions = """
SELECT order_lines.order_id FROM order_lines JOIN changed ON changed.promo_id = order_lines.promo_id
UNION ALL
SELECT orders.order_id FROM orders JOIN changed ON changed.promo_id = orders.promo_id
"""
sku_costs = """
WITH moved AS (
  SELECT sku,
         CASE
           WHEN COUNT(*) = 2 AND COUNT(category) <> 1 AND COUNT(list_price) <> 1 AND COUNT(tax_rate) <> 1 AND COUNT(weight_kg) <> 1
             AND COALESCE(MIN(category) = MAX(category), TRUE) AND COALESCE(MIN(list_price) = MAX(list_price), TRUE)
             AND COALESCE(MIN(tax_rate) = MAX(tax_rate), TRUE) AND COALESCE(MIN(weight_kg) = MAX(weight_kg), TRUE)
             THEN 1
           ELSE 0
         END AS only_cost
  FROM changed
  GROUP BY sku
)
SELECT order_lines.order_id
FROM order_lines
JOIN moved ON moved.sku = order_lines.sku
WHERE moved.only_cost = 0 OR (order_lines.unit_cost IS NULL AND order_lines.cost_amount IS NULL)
"""
--- */
WITH priced AS (
  SELECT order_lines.order_id AS order_id,
         order_lines.line_no AS line_no,
         order_lines.sku AS sku,
         order_lines.quantity AS quantity,
         order_lines.cancelled_quantity AS cancelled_quantity,
         order_lines.promo_id AS promo_id,
         order_lines.tax AS tax,
         order_lines.unit_cost AS line_unit_cost,
         order_lines.cost_amount AS cost_amount,
         order_lines.list_amount AS list_amount,
         order_lines.funded AS funded,
         order_lines.discount AS discount,
         COALESCE(order_lines.line_amount, X_TIMES(order_lines.quantity, order_lines.unit_price), 0) AS sold,
         COALESCE(CAST(order_lines.quantity AS DOUBLE) * weights.weight_kg, 0) AS weight_kg,
         weights.weight_kg IS NULL AS unweighed
  FROM order_lines
  LEFT JOIN sku_costs AS weights ON weights.sku = order_lines.sku
),
sized AS (
  SELECT order_id, line_no, sku, quantity, cancelled_quantity, promo_id, tax, line_unit_cost, cost_amount, list_amount,
         funded, discount, sold,
         CAST(ROUND(CAST(GREATEST(sold - COALESCE(discount, 0), 0) AS DOUBLE) * 10000) AS BIGINT) AS value,
         CAST(ROUND(CAST(quantity AS DOUBLE) * 10000) AS BIGINT) AS pieces,
         CAST(ROUND(weight_kg * 1000) AS BIGINT) AS grams,
         CASE WHEN unweighed THEN 1 ELSE 0 END AS unweighed
  FROM priced
),
-- Whatever passes through a window is written down and sorted: what a join can bring later comes later.
summed AS (
  SELECT order_id, line_no, sku, quantity, cancelled_quantity, promo_id, tax, line_unit_cost, cost_amount, list_amount,
         funded, discount, sold, value, pieces, grams,
         ROW_NUMBER() OVER lines AS place,
         SUM(value) OVER lines AS value_upto,
         SUM(pieces) OVER lines AS pieces_upto,
         SUM(grams) OVER lines AS grams_upto,
         COUNT(*) OVER whole AS n_lines,
         SUM(value) OVER whole AS value_total,
         SUM(pieces) OVER whole AS pieces_total,
         SUM(grams) OVER whole AS grams_total,
         SUM(unweighed) OVER whole AS n_unweighed
  FROM sized
  WINDOW lines AS (PARTITION BY order_id ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
         whole AS (PARTITION BY order_id ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
shared AS (
  SELECT order_id, line_no, sku, quantity, cancelled_quantity, promo_id, tax, line_unit_cost, cost_amount, list_amount,
         funded, discount, sold, value_total,
         CASE WHEN value_total > 0 THEN X_DIV(value_upto - value, value_total) ELSE X_DIV(place - 1, n_lines) END AS value_before,
         CASE WHEN value_total > 0 THEN X_DIV(value_upto, value_total) ELSE X_DIV(place, n_lines) END AS value_share,
         CASE
           WHEN n_unweighed = 0 AND grams_total > 0 THEN X_DIV(grams_upto - grams, grams_total)
           WHEN pieces_total > 0 THEN X_DIV(pieces_upto - pieces, pieces_total)
           ELSE X_DIV(place - 1, n_lines)
         END AS weight_before,
         CASE
           WHEN n_unweighed = 0 AND grams_total > 0 THEN X_DIV(grams_upto, grams_total)
           WHEN pieces_total > 0 THEN X_DIV(pieces_upto, pieces_total)
           ELSE X_DIV(place, n_lines)
         END AS weight_share
  FROM summed
),
joined AS (
  SELECT shared.order_id AS order_id, shared.line_no AS line_no, shared.sku AS sku, shared.quantity AS quantity,
         shared.line_unit_cost AS line_unit_cost, shared.cost_amount AS cost_amount, sku_costs.list_price AS list_price,
         shared.list_amount AS list_amount, shared.sold AS sold, COALESCE(shared.discount, 0) AS discount,
         shared.funded AS own_funded, shared.promo_id AS own_promo_id,
         sku_costs.unit_cost AS sku_unit_cost, sku_costs.cost_ratio AS cost_ratio,
         sku_costs.cost_source AS sku_cost_source, COALESCE(sku_costs.category, '') AS category,
         shared.value_before AS value_before, shared.value_share AS value_share,
         shared.weight_before AS weight_before, shared.weight_share AS weight_share,
         order_terms.customer_id AS customer_id, order_terms.channel AS channel, order_terms.store_id AS store_id,
         order_terms.country AS country, order_terms.region AS region,
         COALESCE(line_charges.carrier, order_terms.carrier) AS carrier,
         COALESCE(shared.promo_id, order_terms.promo_id) AS promo_id,
         order_terms.marketing_channel AS marketing_channel, order_terms.campaign AS campaign,
         order_terms.keyword AS keyword, order_terms.landing_page AS landing_page,
         order_terms.ordered_on AS ordered_on, order_terms.shipped_on AS shipped_on,
         COALESCE(line_charges.returned_on, order_terms.returned_on) AS returned_on,
         COALESCE(line_charges.contacted_on, order_terms.contacted_on) AS contacted_on,
         order_terms.is_new_customer_order AS is_new_customer_order,
         CASE
           WHEN order_terms.cancelled THEN shared.quantity
           ELSE LEAST(COALESCE(shared.cancelled_quantity, 0), shared.quantity)
         END AS cancelled_quantity,
         order_terms.cancelled AS cancelled,
         CASE
           WHEN NOT $prices_include_tax THEN NULL
           WHEN shared.tax IS NOT NULL AND shared.sold - COALESCE(shared.discount, 0) > 0
             THEN 1 - X_DIV(shared.tax, shared.sold - COALESCE(shared.discount, 0))
           ELSE X_DIV(1, 1 + COALESCE(sku_costs.tax_rate, order_terms.tax_rate))
         END AS untaxed,
         CASE WHEN $prices_include_tax THEN X_DIV(1, 1 + order_terms.tax_rate) END AS order_untaxed,
         order_terms.exchange AS exchange,
         order_terms.order_discount AS order_discount,
         order_terms.shipping_charged AS shipping_charged,
         CASE
           WHEN order_terms.payment_fee IS NOT NULL THEN order_terms.payment_fee
           WHEN order_terms.cancelled THEN NULL
           WHEN order_terms.payment_share IS NOT NULL OR order_terms.payment_fixed IS NOT NULL THEN
             X_MONEY(
               COALESCE(order_terms.payment_share, 0) * (
                 X_DIV(shared.value_total, 10000)
                 - COALESCE(order_terms.order_discount, 0)
                 + COALESCE(order_terms.shipping_charged, 0)
               ) + COALESCE(order_terms.payment_fixed, 0)
             )
         END AS payment_fee,
         order_terms.marketplace_share AS marketplace_share,
         order_terms.pick AS pick, order_terms.pack AS pack, order_terms.receive AS receive,
         order_terms.carriage AS carriage, line_charges.carriage AS parcel_carriage,
         order_terms.refund AS order_refund, order_terms.difference AS order_difference,
         order_terms.return_costs AS order_return_costs, order_terms.service AS order_service,
         order_terms.concessions AS order_concessions, order_terms.loyalty AS order_loyalty,
         order_terms.marketing AS order_marketing,
         COALESCE(line_charges.units_returned, 0) AS units_returned,
         COALESCE(line_charges.units_resaleable, 0) AS units_resaleable,
         line_charges.refund AS refund, line_charges.difference AS difference,
         COALESCE(line_charges.unpriced_units, 0) AS unpriced_units, line_charges.return_costs AS return_costs,
         line_charges.service AS service, line_charges.concessions AS concessions
  FROM shared
  LEFT JOIN sku_costs ON sku_costs.sku = shared.sku
  LEFT JOIN line_charges ON line_charges.order_id = shared.order_id AND line_charges.line_no = shared.line_no
  JOIN order_terms ON order_terms.order_id = shared.order_id
),
converted AS (
  SELECT order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, joined.promo_id AS promo_id, marketing_channel,
         campaign, keyword, landing_page, joined.ordered_on AS ordered_on, shipped_on, returned_on, contacted_on,
         is_new_customer_order, quantity,
         quantity - cancelled_quantity AS units,
         units_returned, units_resaleable, unpriced_units, cancelled,
         CASE WHEN cancelled THEN 0.0 WHEN quantity = 0 THEN 1.0 ELSE X_DIV(quantity - cancelled_quantity, quantity) END AS kept_share,
         CASE
           WHEN untaxed IS NULL AND exchange IS NULL THEN sold
           ELSE X_MONEY(CAST(sold AS DOUBLE) * COALESCE(untaxed, 1.0) * COALESCE(exchange, 1.0))
         END AS sold,
         CASE
           WHEN list_amount IS NULL AND list_price IS NULL THEN NULL
           WHEN list_amount IS NULL THEN X_MONEY(CAST(quantity AS DOUBLE) * CAST(list_price AS DOUBLE) * COALESCE(untaxed, 1.0))
           WHEN untaxed IS NULL AND exchange IS NULL THEN list_amount
           ELSE X_MONEY(CAST(list_amount AS DOUBLE) * COALESCE(untaxed, 1.0) * COALESCE(exchange, 1.0))
         END AS listed,
         CASE
           WHEN untaxed IS NULL AND exchange IS NULL
             THEN discount + X_SHARE(order_discount, value_before, value_share)
           ELSE X_MONEY(
             CAST(discount + X_SHARE(order_discount, value_before, value_share) AS DOUBLE)
             * COALESCE(untaxed, 1.0) * COALESCE(exchange, 1.0)
           )
         END AS discount,
         CASE
           WHEN untaxed IS NULL AND exchange IS NULL
             THEN COALESCE(own_funded, X_TIMES(discount, promotions.funded_share), 0)
           ELSE X_MONEY(
             COALESCE(own_funded, CAST(discount AS DOUBLE) * promotions.funded_share, 0) * COALESCE(untaxed, 1.0) * COALESCE(exchange, 1.0)
           )
         END AS funded,
         COALESCE(X_ALLOCATE(
           X_MONEY(CAST(shipping_charged AS DOUBLE) * COALESCE(order_untaxed, 1.0) * COALESCE(exchange, 1.0)),
           value_before, value_share
         ), 0) AS shipping,
         COALESCE(X_ALLOCATE(X_MONEY(CAST(payment_fee AS DOUBLE) * COALESCE(exchange, 1.0)), value_before, value_share), 0) AS payment_fee,
         marketplace_share,
         CASE
           WHEN untaxed IS NULL THEN COALESCE(refund, 0) + X_SHARE(order_refund, value_before, value_share)
           ELSE X_MONEY(CAST(
             COALESCE(refund, 0) + X_SHARE(order_refund, value_before, value_share) AS DOUBLE
           ) * untaxed)
         END AS refund,
         CASE
           WHEN untaxed IS NULL THEN COALESCE(difference, 0) + X_SHARE(order_difference, value_before, value_share)
           ELSE X_MONEY(CAST(
             COALESCE(difference, 0) + X_SHARE(order_difference, value_before, value_share) AS DOUBLE
           ) * untaxed)
         END AS difference,
         line_unit_cost, cost_amount, sku_unit_cost, cost_ratio, sku_cost_source,
         CASE WHEN cancelled OR (quantity > 0 AND quantity = cancelled_quantity) THEN 0 ELSE X_MONEY(COALESCE(pick, 0)) END
           + COALESCE(X_TIMES(receive, quantity - cancelled_quantity), 0)
           + COALESCE(X_ALLOCATE(pack, weight_before, weight_share), 0) AS fulfilment,
         X_SHARE(carriage, weight_before, weight_share) + COALESCE(parcel_carriage, 0) AS carriage,
         COALESCE(return_costs, 0) + X_SHARE(order_return_costs, value_before, value_share) AS return_costs,
         COALESCE(service, 0) + X_SHARE(order_service, value_before, value_share) AS service,
         COALESCE(concessions, 0) + X_SHARE(order_concessions, value_before, value_share) AS concessions,
         COALESCE(X_ALLOCATE(order_marketing, value_before, value_share), 0) AS marketing,
         X_SHARE(order_loyalty, value_before, value_share) AS loyalty,
         return_odds.odds AS odds, return_odds.resaleable_share AS resaleable_share,
         return_odds.cost_per_unit AS return_cost_per_unit
  FROM joined
  LEFT JOIN promotions ON promotions.promo_id = joined.own_promo_id
  LEFT JOIN return_odds ON return_odds.category = joined.category AND return_odds.ordered_on = joined.ordered_on
),
settled AS (
  SELECT order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id, marketing_channel,
         campaign, keyword, landing_page, ordered_on, shipped_on, returned_on, contacted_on,
         is_new_customer_order, quantity, units, units_returned,
         COALESCE(listed, sold) AS listed,
         sold, discount, shipping, payment_fee, refund, difference, unpriced_units, kept_share, fulfilment, carriage,
         return_costs, service, concessions, marketing, loyalty,
         X_TIMES(funded, kept_share) AS funding,
         CASE
           WHEN kept_share = 1 THEN 0
           WHEN kept_share = 0 THEN sold - discount
           ELSE X_TIMES(sold - discount, 1 - kept_share)
         END AS cancelled_value,
         CASE WHEN marketplace_share IS NULL THEN 0 ELSE X_TIMES(sold - discount, kept_share * marketplace_share) END AS marketplace_fee,
         CASE
           WHEN quantity = 0 THEN kept_share
           ELSE kept_share - X_DIV(units_resaleable, quantity)
         END AS sold_share,
         CASE
           WHEN cost_amount IS NOT NULL THEN cost_amount
           WHEN line_unit_cost IS NOT NULL THEN X_TIMES(line_unit_cost, quantity)
           WHEN sku_unit_cost IS NOT NULL THEN X_TIMES(sku_unit_cost, quantity)
           ELSE X_TIMES(COALESCE(listed, sold), cost_ratio)
         END AS cost,
         CASE
           WHEN cost_amount IS NOT NULL OR line_unit_cost IS NOT NULL THEN 'line'
           WHEN sku_unit_cost IS NULL AND cost_ratio IS NULL THEN 'none'
           ELSE sku_cost_source
         END AS cost_source,
         GREATEST(units - units_returned, 0) AS units_out,
         odds, resaleable_share, return_cost_per_unit
  FROM converted
),
final AS (
  SELECT 'line' AS entry,
         order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id, marketing_channel,
         campaign, keyword, landing_page, ordered_on, shipped_on, returned_on, contacted_on,
         X_MONTH(ordered_on) AS ordered_month,
         is_new_customer_order, quantity, units, units_returned,
         sold < listed OR discount > 0 AS discounted,
         cost_source,
         odds IS NOT NULL AND units_out > 0 AS provisional,
         listed AS list_sales,
         sold - listed AS markdown,
         -discount AS promotion,
         funding,
         -cancelled_value AS cancellations,
         -refund - CASE
           WHEN unpriced_units = 0 THEN 0
           ELSE X_TIMES(COALESCE(X_DIV(sold - discount - cancelled_value, units), 0), unpriced_units)
         END AS refunds,
         CASE
           WHEN odds IS NULL THEN 0
           ELSE -X_TIMES(COALESCE(X_DIV(sold - discount - cancelled_value, units), 0), CAST(units_out AS DOUBLE) * odds)
         END AS expected_returns,
         -difference AS currency_difference,
         shipping AS shipping_income,
         CASE WHEN sold_share = 1 THEN -cost ELSE -X_TIMES(cost, sold_share) END AS cogs,
         CASE
           WHEN odds IS NULL THEN 0
           ELSE X_TIMES(COALESCE(X_DIV(cost, quantity), 0), CAST(units_out AS DOUBLE) * odds * COALESCE(resaleable_share, 1))
         END AS expected_recovery,
         -fulfilment AS fulfilment,
         -carriage AS carriage,
         -payment_fee - marketplace_fee AS fees,
         -return_costs AS return_costs,
         CASE
           WHEN odds IS NULL THEN 0
           ELSE -X_TIMES(COALESCE(return_cost_per_unit, 0), CAST(units_out AS DOUBLE) * odds)
         END AS expected_return_costs,
         -service AS service,
         -concessions AS concessions,
         X_MONEY(0) AS storage,
         X_MONEY(0) AS idle_capacity,
         -marketing AS marketing,
         -loyalty AS loyalty
  FROM settled
),
net AS (
  SELECT entry, order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id,
         marketing_channel, campaign, keyword, landing_page, ordered_on, ordered_month, shipped_on, returned_on,
         contacted_on, is_new_customer_order, quantity,
         units, units_returned, discounted, cost_source, provisional,
         X_EACH(components, X_ITEM),
         X_PLUS(net_sales_parts) AS net_sales
  FROM final
)
SELECT entry, order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id,
       marketing_channel, campaign, keyword, landing_page, ordered_on, ordered_month, shipped_on, returned_on,
         contacted_on, is_new_customer_order, quantity,
       units, units_returned, discounted, cost_source, provisional,
       X_EACH(components, X_ITEM),
       net_sales,
       net_sales + X_PLUS(cm1_parts) AS cm1,
       net_sales + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       net_sales + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM net
