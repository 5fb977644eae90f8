/* ---
what = "The profit ledger: one row per order line, and loose entries (no line) for what belongs to none. The sum of its components is contribution profit."
grain = ["order_id", "line_no", "entry_no"]
include = ["amounts"]
dirty_key = "order_id"
partition = "ordered_month"
[columns]
entry = "text | line, or what a loose entry comes from: order, return, contact, shipment, marketing, loyalty, storage, idle_capacity"
order_id = "text | order"
line_no = "int | line, null for a loose entry"
entry_no = "int | number of a loose entry, null for a line"
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
ordered_on = "date | day of the order; of a loose entry, the day it happened"
ordered_month = "date | month of that day"
shipped_on = "date | day of the first dispatch: carriage happened"
returned_on = "date | day of the last return: refunds and return costs happened"
contacted_on = "date | day of the last contact or defect: service and concessions happened"
is_new_customer_order = "bool | first order of its customer"
quantity = "quantity | units ordered"
units = "quantity | units ordered and not cancelled"
units_returned = "quantity | units returned"
discounted = "bool | sold below list price or with a discount"
cost_source = "text | line, product, latest, category_ratio, shop_ratio, assumed or none; null for a loose entry"
provisional = "bool | returns are still expected"
[checks]
totals = [
  { column = "quantity", equals = "SELECT SUM(quantity) FROM order_lines" },
]
--- */
SELECT entry, order_id, line_no, NULL AS entry_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id,
       marketing_channel, campaign, keyword, landing_page, ordered_on, ordered_month, shipped_on, returned_on, contacted_on,
       is_new_customer_order, quantity,
       units, units_returned, discounted, cost_source, provisional,
       X_EACH(amounts, X_ITEM)
FROM ledger_lines
UNION ALL
SELECT entry, order_id, NULL, entry_no, sku, customer_id, channel, store_id, country, region, carrier, NULL,
       marketing_channel, campaign, keyword, landing_page, ordered_on, X_MONTH(ordered_on), ordered_on, ordered_on, ordered_on, FALSE, X_QUANTITY(0),
       X_QUANTITY(0), units_returned, FALSE, NULL, FALSE,
       X_EACH(amounts, X_ITEM)
FROM (
  SELECT entry_no, entry, order_id, sku, customer_id, channel, store_id, country, region, carrier, marketing_channel, campaign,
         keyword, landing_page, ordered_on, units_returned,
         X_EACH(components, X_ITEM),
         X_PLUS(net_sales_parts) AS net_sales,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
  FROM (
    SELECT 1 AS entry_no, 'order' AS entry, order_id, CAST(NULL AS TEXT) AS sku, customer_id, channel, store_id, country, region,
           carrier, marketing_channel, campaign, keyword, landing_page, ordered_on, X_QUANTITY(0) AS units_returned,
           X_EACH(components, X_ITEM)
    FROM order_loose
    UNION ALL
    SELECT entry_no, entry, order_id, sku, customer_id, NULL, store_id, country, region,
           carrier, marketing_channel, campaign, keyword, landing_page, ordered_on, units_returned,
           X_EACH(components, X_ITEM)
    FROM ledger_loose
  ) AS entries
) AS loose
