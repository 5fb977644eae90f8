/* ---
code = "ORD41"
number = 41
name = "avoidable_split"
level = "transaction"
entity = ["origin"]
owner = "operations"
reversible = true
action = "consolidate_parcels"
statistic = "sum"
window_days = 91
needs = ["shipments.origin", "ledger.carriage"]
[thresholds]
min_orders = 5
[rows]
from = ""
[docs]
why = "One order left one place in several parcels: the second parcel was paid for and need not have been."
value = "Cost of the parcels beyond the dearest one of each order and origin, over 28 days."
known_problems = "Goods too bulky for one parcel; stock that arrived between two dispatches."
source = "METRICS section 6"
--- */
WITH parcels AS (
  SELECT s.order_id,
         COALESCE(s.origin, 'all') AS origin,
         COUNT(*) AS n_parcels,
         SUM(COALESCE(s.billed_cost, s.shipping_cost)) AS cost,
         MAX(COALESCE(s.billed_cost, s.shipping_cost)) AS dearest
  FROM shipments AS s
  GROUP BY s.order_id, COALESCE(s.origin, 'all')
  HAVING COUNT(*) > 1
)
SELECT p.origin,
       SUM(p.cost - p.dearest) AS loss,
       COUNT(*) AS n,
       SUM(POWER(CAST(p.cost - p.dearest AS DOUBLE), 2)) AS loss_sq,
       X_ACTIVITY(o.ordered_on),
       COUNT(*)         AS n_orders,
       SUM(p.n_parcels) AS n_parcels,
       SUM(p.cost)      AS parcel_cost,
       MIN(p.order_id)  AS example_order,
       MAX(p.order_id)  AS example_order_2
FROM parcels AS p
INNER JOIN order_profit AS o ON o.order_id = p.order_id
WHERE o.in_window AND p.cost > p.dearest
GROUP BY p.origin
HAVING COUNT(*) >= $min_orders
