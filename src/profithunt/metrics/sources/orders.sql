/* ---
what = "One row per order with at least one line: its profit, who placed it, how it was placed."
grain = "order"
needs = ["orders", "order_lines"]
dimensions = ["channel", "country", "device"]
live = ["store", "region", "payment_method", "delivery_option"]
[columns]
order_id = "order, as an example to look at"
cancelled = "the whole order was cancelled | orders.cancelled_at"
guest = "no customer is known"
is_new = "first order of its customer | orders.customer_id"
is_repeat = "its customer has ordered before | orders.customer_id"
is_reactivated = "its customer's order before was more than 365 days ago | orders.customer_id"
has_promotion = "sold with a promotion code or an order discount | orders.promo_id | orders.order_discount"
n_lines = "lines"
units = "units not cancelled"
units_returned = "units returned so far"
n_parcels = "parcels, null where none is known | shipments"
lost_money = "its contribution profit is below zero"
list_sales = "list sales"
markdown = "markdown"
promotion = "promotions, coupons and order discounts"
shipping_income = "delivery charges received"
net_sales = "net sales"
cogs = "cost of goods"
fulfilment = "picking and packing"
carriage = "delivery to the customer"
fees = "payment and marketplace fees"
return_costs = "carriage and handling of returns"
service = "service contacts"
concessions = "goodwill"
marketing = "marketing credited to the order"
cm1 = "CM1"
cm2 = "CM2"
cm3 = "contribution profit"
--- */
WITH placed AS (
  SELECT order_id, customer_id, device, payment_method, delivery_option, cancelled_at, promo_id, order_discount,
         X_DAY(ordered_at) AS ordered_on,
         LAG(X_DAY(ordered_at)) OVER (PARTITION BY customer_id ORDER BY ordered_at, order_id) AS before_on
  FROM orders
)
SELECT order_profit.ordered_on AS day,
       order_profit.order_id AS order_id,
       order_profit.channel AS channel,
       order_profit.country AS country,
       placed.device AS device,
       order_profit.store_id AS store,
       order_profit.region AS region,
       placed.payment_method AS payment_method,
       placed.delivery_option AS delivery_option,
       placed.cancelled_at IS NOT NULL AS cancelled,
       placed.customer_id IS NULL AS guest,
       first_orders.order_id IS NOT NULL AS is_new,
       placed.customer_id IS NOT NULL AND first_orders.order_id IS NULL AND placed.before_on IS NOT NULL AS is_repeat,
       COALESCE(placed.customer_id IS NOT NULL AND X_DAYS_BETWEEN(placed.before_on, placed.ordered_on) > 365, FALSE) AS is_reactivated,
       placed.promo_id IS NOT NULL OR COALESCE(placed.order_discount, 0) > 0 AS has_promotion,
       order_profit.n_lines AS n_lines,
       order_profit.units AS units,
       order_profit.units_returned AS units_returned,
       order_profit.n_parcels AS n_parcels,
       order_profit.cm3 < 0 AS lost_money,
       order_profit.list_sales AS list_sales,
       order_profit.markdown AS markdown,
       order_profit.promotion AS promotion,
       order_profit.shipping_income AS shipping_income,
       order_profit.net_sales AS net_sales,
       order_profit.cogs AS cogs,
       order_profit.fulfilment AS fulfilment,
       order_profit.carriage AS carriage,
       order_profit.fees AS fees,
       order_profit.return_costs AS return_costs,
       order_profit.service AS service,
       order_profit.concessions AS concessions,
       order_profit.marketing AS marketing,
       order_profit.cm1 AS cm1,
       order_profit.cm2 AS cm2,
       order_profit.cm3 AS cm3
FROM order_profit
JOIN placed ON placed.order_id = order_profit.order_id
LEFT JOIN first_orders ON first_orders.order_id = order_profit.order_id
WHERE order_profit.n_lines > 0
