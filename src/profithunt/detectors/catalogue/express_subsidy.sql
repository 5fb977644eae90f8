/* ---
code = "ORD42"
number = 42
name = "express_subsidy"
level = "transaction"
entity = ["delivery_option"]
owner = "operations"
reversible = true
action = "restrict_or_charge"
statistic = "ratio"
direction = "high"
window_days = 182
credibility = 0.7
needs = ["orders.delivery_option", "ledger.carriage"]
[thresholds]
min_orders = 30
least_subsidy = 1.0
[rows]
from = ""
[docs]
why = "Parcels of this delivery option cost more above what customers pay for it than those of the other options do."
value = "Carriage less the delivery charge of an order × orders to expect in 28 days, where that is above the mean of the other options."
known_problems = "Who is asked to pay may choose a cheaper option, whose own subsidy then remains. Customers may stay because of it: the effect on what they buy later is not counted here. `profithunt proposition options` works out what the option should cost and whether to leave it, with what customers would choose instead and their later orders."
source = "DETECTORS 42"
--- */
WITH sent AS (
  SELECT o.delivery_option,
         p.order_id,
         p.ordered_on,
         -p.carriage - p.shipping_income AS subsidy,
         p.carriage,
         p.shipping_income
  FROM order_profit AS p
  INNER JOIN orders AS o ON o.order_id = p.order_id
  WHERE p.in_window AND o.delivery_option IS NOT NULL AND p.carriage < 0
),
total AS (
  SELECT SUM(subsidy) AS subsidy, COUNT(*) AS n_orders FROM sent
)
SELECT s.delivery_option,
       X_MOMENTS(s.subsidy, 1),
       X_ACTIVITY(s.ordered_on),
       COALESCE(X_DIV(MAX(t.subsidy) - SUM(s.subsidy), MAX(t.n_orders) - COUNT(*)), AVG(s.subsidy)) AS benchmark,
       $least_subsidy      AS "limit",
       SUM(s.subsidy)      AS loss,
       COUNT(*)            AS n_orders,
       -AVG(s.carriage)    AS carriage_per_order,
       AVG(s.shipping_income) AS paid_per_order,
       MIN(s.order_id)     AS example_order,
       MAX(s.order_id)     AS example_order_2
FROM sent AS s
CROSS JOIN total AS t
GROUP BY s.delivery_option
HAVING COUNT(*) >= $min_orders
