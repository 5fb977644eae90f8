/* ---
code = "CUST01"
number = 1
name = "lifetime_loss"
level = "customer"
entity = ["customer_id"]
owner = "crm"
reversible = true
action = "suppress_offers_and_fix_the_cause"
statistic = "share"
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
value = "Loss of contribution profit (CM3) over the year, carried on at the customer's pace over the next 28 days: a customer who has gone silent costs nothing any more. A loss counts where it is a habit: orders at a loss come more often than chance would have it at the share of all customers' orders."
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
),
usual AS (
  SELECT X_DIV(COUNT(CASE WHEN cm3 < 0 THEN 1 END), COUNT(*)) AS share FROM customer_orders WHERE list_sales > 0
)
SELECT customer_id,
       COUNT(CASE WHEN cm3 < 0 THEN 1 END) AS hits,
       COUNT(*)           AS trials,
       X_ACTIVITY(ordered_on),
       MAX(u.share)       AS benchmark,
       -- Who earns the shop something is tested with the rest and never found.
       CASE WHEN SUM(cm3) < 0 THEN NULL ELSE 1 END AS "limit",
       GREATEST(-SUM(cm3), 0) AS loss,
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
CROSS JOIN usual AS u
GROUP BY customer_id
HAVING COUNT(order_id) >= $min_orders AND SUM(list_sales) > 0
