/* ---
code = "ORD09"
number = 9
name = "offer_stacking"
level = "transaction"
entity = ["offer", "other_offer"]
owner = "finance"
reversible = true
action = "block_the_stack"
statistic = "sum"
window_days = 182
drifts = false
needs = ["order_lines.promo_id | orders.promo_id | orders.order_discount", "ledger.promotion"]
[thresholds]
min_orders = 5
[rows]
from = ""
[docs]
why = "Two offers, each sound alone, were used on one order and together sold it at a loss."
value = "Loss (CM2) of the orders on which both offers were used and the order lost money, no more than the discounts given on it; an order with several pairs of offers is split evenly over them."
known_problems = "Deliberate stacks for a launch; orders that would have lost money without any offer count only up to their discounts."
source = "METRICS section 6"
--- */
WITH used AS (
  SELECT order_id, promo_id AS offer FROM order_lines WHERE promo_id IS NOT NULL AND discount > 0
  UNION
  SELECT order_id, 'line discount' AS offer FROM order_lines WHERE promo_id IS NULL AND discount > 0
  UNION
  SELECT order_id, promo_id AS offer FROM orders WHERE promo_id IS NOT NULL
  UNION
  SELECT order_id, 'order discount' AS offer FROM orders WHERE promo_id IS NULL AND order_discount > 0
),
counted AS (
  SELECT order_id, COUNT(*) AS n_offers FROM used GROUP BY order_id HAVING COUNT(*) >= 2
),
losing AS (
  SELECT o.order_id,
         o.ordered_on,
         LEAST(-o.cm2, -o.promotion) AS loss,
         -o.promotion AS discount,
         c.n_offers * (c.n_offers - 1) / 2 AS n_pairs
  FROM order_profit AS o
  INNER JOIN counted AS c ON c.order_id = o.order_id
  WHERE o.in_window AND o.cm2 < 0 AND o.promotion < 0
)
SELECT a.offer,
       b.offer AS other_offer,
       SUM(X_DIV(l.loss, l.n_pairs)) AS loss,
       COUNT(*) AS n,
       SUM(X_DIV(l.loss, l.n_pairs) * X_DIV(l.loss, l.n_pairs)) AS loss_sq,
       X_ACTIVITY(l.ordered_on),
       COUNT(*) AS n_orders,
       SUM(l.discount) AS discounts,
       MIN(l.order_id) AS example_order,
       MAX(l.order_id) AS example_order_2
FROM losing AS l
INNER JOIN used AS a ON a.order_id = l.order_id
INNER JOIN used AS b ON b.order_id = l.order_id AND b.offer > a.offer
GROUP BY a.offer, b.offer
HAVING COUNT(*) >= $min_orders
