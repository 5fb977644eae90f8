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
paid AS (
  SELECT t.touch_id, t.search_term, t.session_id, t.customer_id, t.touched_at,
         X_DAY(t.touched_at) AS clicked_on,
         COALESCE(t.cost, 0) AS cost,
         CASE WHEN t.session_id IS NULL OR n.n_orders = 0 THEN 1 ELSE 0 END AS by_customer
  FROM touches AS t
  CROSS JOIN named AS n
  WHERE t.kind = 'click' AND t.search_term IS NOT NULL
    AND X_DAY(t.touched_at) > $window_start AND X_DAY(t.touched_at) <= $window_end
),
in_visits AS (
  SELECT session_id FROM orders WHERE session_id IS NOT NULL GROUP BY session_id
),
-- Where a click names no visit with an order, its customer's next orders are asked.
soon AS (
  SELECT c.touch_id
  FROM paid AS c
  INNER JOIN orders AS o ON o.customer_id = c.customer_id AND o.ordered_at >= c.touched_at
  WHERE c.by_customer = 1 AND X_DAYS_BETWEEN(X_DAY(c.touched_at), X_DAY(o.ordered_at)) <= $days_to_order
  GROUP BY c.touch_id
),
clicks AS (
  SELECT c.touch_id, c.search_term, c.clicked_on, c.cost,
         MAX(CASE WHEN v.session_id IS NOT NULL OR s.touch_id IS NOT NULL THEN 1 ELSE 0 END) AS ordered
  FROM paid AS c
  LEFT JOIN in_visits AS v ON v.session_id = c.session_id
  LEFT JOIN soon AS s ON s.touch_id = c.touch_id
  GROUP BY c.touch_id, c.search_term, c.clicked_on, c.cost
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
