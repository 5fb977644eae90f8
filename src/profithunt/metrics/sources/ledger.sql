/* ---
what = "The profit ledger by the day of the order: one row per order line, and entries that belong to no line."
grain = "ledger entry"
needs = ["orders", "order_lines"]
dimensions = ["channel", "country"]
live = ["category", "brand", "store", "region", "carrier", "marketing_channel", "campaign", "sku"]
[columns]
order_id = "order, as an example to look at"
is_line = "an order line, not a loose entry"
quantity = "units ordered"
units = "units not cancelled"
units_returned = "units returned so far"
discounted = "sold below list price or with a discount"
marked_down = "sold below list price"
own_label = "own label | products.own_label"
is_newcomer = "sold within 90 days of its launch | products.launched_on"
cost_estimated = "its cost is a ratio or an assumption"
list_sales = "list sales"
markdown = "markdown"
promotion = "promotions, coupons and order discounts"
funding = "paid back by suppliers"
cancellations = "cancelled before dispatch"
refunds = "refunds"
expected_returns = "refunds still to come"
shipping_income = "delivery charges received"
net_sales = "net sales"
cogs = "cost of goods"
fulfilment = "picking and packing"
carriage = "delivery to the customer"
fees = "payment and marketplace fees"
return_costs = "carriage and handling of returns"
service = "service contacts"
concessions = "goodwill"
storage = "storage"
marketing = "marketing"
loyalty = "loyalty credits"
cm1 = "CM1"
cm2 = "CM2"
cm3 = "contribution profit"
--- */
SELECT ledger.ordered_on AS day,
       ledger.order_id AS order_id,
       ledger.channel AS channel,
       ledger.country AS country,
       products.category AS category,
       products.brand AS brand,
       ledger.store_id AS store,
       ledger.region AS region,
       ledger.carrier AS carrier,
       ledger.marketing_channel AS marketing_channel,
       ledger.campaign AS campaign,
       ledger.sku AS sku,
       ledger.line_no IS NOT NULL AS is_line,
       ledger.quantity AS quantity,
       ledger.units AS units,
       ledger.units_returned AS units_returned,
       ledger.discounted AS discounted,
       ledger.markdown < 0 AS marked_down,
       COALESCE(products.own_label, FALSE) AS own_label,
       COALESCE(X_DAYS_BETWEEN(products.launched_on, ledger.ordered_on) BETWEEN 0 AND 89, FALSE) AS is_newcomer,
       COALESCE(ledger.cost_source, 'line') IN ('category_ratio', 'shop_ratio', 'assumed') AS cost_estimated,
       ledger.list_sales AS list_sales,
       ledger.markdown AS markdown,
       ledger.promotion AS promotion,
       ledger.funding AS funding,
       ledger.cancellations AS cancellations,
       ledger.refunds AS refunds,
       ledger.expected_returns AS expected_returns,
       ledger.shipping_income AS shipping_income,
       ledger.net_sales AS net_sales,
       ledger.cogs AS cogs,
       ledger.fulfilment AS fulfilment,
       ledger.carriage AS carriage,
       ledger.fees AS fees,
       ledger.return_costs AS return_costs,
       ledger.service AS service,
       ledger.concessions AS concessions,
       ledger.storage AS storage,
       ledger.marketing AS marketing,
       ledger.loyalty AS loyalty,
       ledger.cm1 AS cm1,
       ledger.cm2 AS cm2,
       ledger.cm3 AS cm3
FROM ledger
LEFT JOIN products ON products.sku = ledger.sku
