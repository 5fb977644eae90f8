/* ---
code = "CUST01"
number = 1
name = "lifetime_loss"
level = "customer"
entity = ["customer_id"]
owner = "crm"
reversible = true
action = "suppress_offers_and_fix_the_cause"
statistic = "ratio"
direction = "low"
window_days = 364
drifts = false
needs = ["ledger.cm3", "orders.customer_id"]
[thresholds]
min_orders = 3
[rows]
where = "in_window"
order_by = "cm3"
[docs]
why = "Everything that this customer ordered in a year, returned, complained about and was sent offers for adds up to a loss."
value = "Loss of contribution profit (CM3) per order, believed as far as the number of orders allows, times the orders to expect in 28 days: a customer who has gone silent costs nothing any more."
known_problems = "A first year with a high cost of acquisition can still lead to a good customer; look at the component that makes the loss."
source = "Kumar and Shah (2009), customer profitability; METRICS sections 1 and 6"
--- */
WITH customer_orders AS (
  SELECT customer_id,
         order_id,
         MAX(ordered_on)      AS ordered_on,
         SUM(cm3)             AS cm3,
         SUM(list_sales)      AS list_sales,
         SUM(net_sales)       AS net_sales,
         SUM(promotion)       AS promotion,
         SUM(return_costs + expected_return_costs) AS return_costs,
         SUM(carriage + fulfilment) AS delivery,
         SUM(service + concessions) AS service,
         SUM(marketing + loyalty)   AS marketing,
         SUM(CASE WHEN cost_source = 'assumed' THEN net_sales ELSE 0 END) AS assumed_sales
  FROM ledger
  WHERE in_window AND customer_id IS NOT NULL
  GROUP BY customer_id, order_id
)
SELECT customer_id,
       X_MOMENTS(cm3, list_sales),
       X_ACTIVITY(ordered_on),
       0                  AS benchmark,
       COUNT(order_id)    AS n_orders,
       SUM(net_sales)     AS net_sales,
       SUM(cm3)           AS cm3,
       SUM(promotion)     AS promotion,
       SUM(return_costs)  AS return_costs,
       SUM(delivery)      AS delivery,
       SUM(service)       AS service,
       SUM(marketing)     AS marketing,
       X_DIV(SUM(assumed_sales), SUM(net_sales)) AS assumed_share
FROM customer_orders
GROUP BY customer_id
HAVING COUNT(order_id) >= $min_orders AND SUM(list_sales) > 0
