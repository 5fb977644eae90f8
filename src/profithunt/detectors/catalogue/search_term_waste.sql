/* ---
code = "KW32"
number = 32
name = "search_term_waste"
level = "search_term"
entity = ["search_term"]
owner = "marketing"
reversible = true
action = "add_negative_keyword"
statistic = "share"
direction = "low"
window_days = 182
needs = ["touches.search_term", "touches.cost"]
[thresholds]
min_clicks = 50
days_to_order = 7
[rows]
from = ""
[docs]
why = "People who type this term click, cost money, and do not buy."
value = "Spend on the term − profit (CM2) of the orders to expect from its clicks, over 28 days."
known_problems = "A term with an order is left to its keyword, whose bid may be too high for it. Terms at the start of a long search: where clicks and orders name their visit, only orders of the same visit count, else those of the customer in the days_to_order after the click. Orders placed on another device are not seen."
source = "METRICS section 6"
--- */
WITH named AS (
  SELECT COUNT(session_id) AS n_orders FROM orders
),
clicks AS (
  SELECT t.touch_id,
         t.search_term,
         X_DAY(t.touched_at) AS clicked_on,
         COALESCE(t.cost, 0) AS cost,
         MAX(CASE WHEN o.order_id IS NOT NULL THEN 1 ELSE 0 END) AS ordered
  FROM touches AS t
  CROSS JOIN named AS n
  LEFT JOIN orders AS o
    ON (o.session_id = t.session_id)
    OR ((t.session_id IS NULL OR n.n_orders = 0) AND o.customer_id = t.customer_id AND o.ordered_at >= t.touched_at
        AND X_DAYS_BETWEEN(X_DAY(t.touched_at), X_DAY(o.ordered_at)) <= $days_to_order)
  WHERE t.kind = 'click' AND t.search_term IS NOT NULL
    AND X_DAY(t.touched_at) > $window_start AND X_DAY(t.touched_at) <= $window_end
  GROUP BY t.touch_id, t.search_term, X_DAY(t.touched_at), t.cost
),
usual AS (
  SELECT X_DIV(SUM(cm2), COUNT(*)) AS per_order FROM order_profit WHERE in_window
)
SELECT c.search_term,
       SUM(c.ordered) AS hits,
       COUNT(*)       AS trials,
       LEAST(X_DIV(X_DIV(SUM(c.cost), COUNT(*)), GREATEST(MAX(u.per_order), 0.01)), 1) AS benchmark,
       CASE WHEN SUM(c.ordered) = 0 THEN NULL ELSE 0 END AS "limit",
       GREATEST(MAX(u.per_order), 0.01) AS unit_loss,
       X_ACTIVITY(c.clicked_on),
       COUNT(*)       AS clicks,
       SUM(c.ordered) AS orders,
       SUM(c.cost)    AS spend
FROM clicks AS c
CROSS JOIN usual AS u
GROUP BY c.search_term
HAVING COUNT(*) >= $min_clicks
