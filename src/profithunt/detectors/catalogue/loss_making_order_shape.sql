/* ---
code = "ORD39"
number = 39
name = "loss_making_order_shape"
level = "transaction"
entity = ["order_size", "items", "zone"]
owner = "finance"
reversible = true
action = "charge_a_fee_or_set_a_minimum"
statistic = "ratio"
direction = "low"
window_days = 364
needs = ["ledger.carriage | ledger.fulfilment | ledger.fees", "ledger.cogs"]
[thresholds]
min_orders = 30
[rows]
from = ""
[docs]
why = "Orders of this size, with this many items, into this zone lose money on average: what they earn does not pay for picking, packing and delivery."
value = "Mean loss (CM2) of an order of this shape × orders of it to expect in 28 days."
known_problems = "A fee drives some of these orders away and makes others larger; simulate it before it is rolled out."
source = "MISSION M6; METRICS section 6"
--- */
WITH zones AS (
  SELECT order_id, MIN(zone) AS zone FROM shipments GROUP BY order_id
),
sizes AS (
  SELECT X_PERCENTILE(list_sales, 0.1) AS tiny, X_PERCENTILE(list_sales, 0.25) AS small, X_PERCENTILE(list_sales, 0.5) AS middle, X_PERCENTILE(list_sales, 0.75) AS large
  FROM order_profit
  WHERE ordered_on <= $as_of AND list_sales > 0
),
shaped AS (
  SELECT o.order_id,
         o.ordered_on,
         o.cm2,
         o.net_sales,
         o.shipping_income,
         o.list_sales,
         o.assumed_sales,
         o.fulfilment + o.carriage + o.fees AS delivery,
         CASE WHEN o.list_sales <= s.tiny   THEN CONCAT('up to ', CAST(CAST(ROUND(s.tiny, 0) AS BIGINT) AS TEXT))
              WHEN o.list_sales <= s.small  THEN CONCAT(CAST(CAST(ROUND(s.tiny, 0) AS BIGINT) AS TEXT), ' to ', CAST(CAST(ROUND(s.small, 0) AS BIGINT) AS TEXT))
              WHEN o.list_sales <= s.middle THEN CONCAT(CAST(CAST(ROUND(s.small, 0) AS BIGINT) AS TEXT), ' to ', CAST(CAST(ROUND(s.middle, 0) AS BIGINT) AS TEXT))
              WHEN o.list_sales <= s.large  THEN CONCAT(CAST(CAST(ROUND(s.middle, 0) AS BIGINT) AS TEXT), ' to ', CAST(CAST(ROUND(s.large, 0) AS BIGINT) AS TEXT))
              ELSE CONCAT('over ', CAST(CAST(ROUND(s.large, 0) AS BIGINT) AS TEXT)) END AS order_size,
         CASE WHEN o.units <= 1 THEN '1' WHEN o.units <= 3 THEN '2-3' ELSE '4+' END AS items,
         COALESCE(z.zone, o.region, o.country, 'all') AS zone
  FROM order_profit AS o
  CROSS JOIN sizes AS s
  LEFT JOIN zones AS z ON z.order_id = o.order_id
  WHERE o.in_window AND o.list_sales > 0 AND o.units > 0
)
SELECT order_size,
       items,
       zone,
       X_MOMENTS(cm2, 1),
       X_ACTIVITY(ordered_on),
       0              AS benchmark,
       COUNT(*)       AS n_orders,
       SUM(cm2)       AS cm2,
       SUM(net_sales) AS net_sales,
       AVG(cm2)       AS cm2_per_order,
       AVG(delivery)  AS delivery_per_order,
       AVG(shipping_income) AS shipping_paid_per_order,
       MIN(order_id)  AS example_order,
       MAX(order_id)  AS example_order_2,
       X_DIV(SUM(assumed_sales), SUM(list_sales)) AS assumed_share
FROM shaped
GROUP BY order_size, items, zone
HAVING COUNT(*) >= $min_orders
