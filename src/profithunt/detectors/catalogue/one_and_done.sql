/* ---
code = "CUST06"
number = 6
name = "one_and_done"
level = "customer"
entity = ["channel"]
owner = "crm"
reversible = true
action = "second_order_journey_or_less_of_this_channel"
effort = 2
statistic = "share"
window_days = 364
lag_days = 112
drifts = false
credibility = 0.8
customers = "waiting"
needs = ["orders.customer_id", "acquisitions", "customer_clv", "customers.first_seen_channel | touches.channel | orders.channel"]
[thresholds]
min_customers = 30
warm_days = 182
win_back_share = 0.08
[rows]
from = ""
[docs]
why = "Customers who come through this channel order once and never again, far more of them than of those who come through the others: what winning them cost is not earned back."
value = "Share of new customers without a second order within lag_days above that of all other channels × new customers to expect in 28 days × what a customer who does come back earns (CM3) after the first order, so far and in the twelve months ahead."
known_problems = "A channel may bring people who would never have come back, whatever is done: then it is worth less, and the answer is to bid less for it. Not an experiment. Customers worth a second-order journey are those of the last warm_days."
source = "METRICS section 3; MISSION M7"
--- */
WITH firsts AS (
  SELECT a.customer_id, a.acquired_on,
         COALESCE(c.first_seen_channel, a.marketing_channel, a.channel) AS channel
  FROM acquisitions AS a
  LEFT JOIN customers AS c ON c.customer_id = a.customer_id
),
later AS (
  SELECT f.customer_id,
         MIN(CASE WHEN o.order_id IS NOT NULL THEN X_DAYS_BETWEEN(f.acquired_on, o.ordered_on) END) AS days_to_second,
         SUM(o.cm3) AS later_cm3
  FROM firsts AS f
  LEFT JOIN order_profit AS o ON o.customer_id = f.customer_id AND o.ordered_on > f.acquired_on
  GROUP BY f.customer_id
),
judged AS (
  SELECT f.customer_id, f.channel, f.acquired_on, l.days_to_second, COALESCE(l.later_cm3, 0) AS later_cm3,
         COALESCE(l.later_cm3, 0) + COALESCE(v.clv_12m, 0) AS worth,
         CASE WHEN l.days_to_second <= X_DAYS_BETWEEN($window_end, $as_of) THEN 0 ELSE 1 END AS is_done
  FROM firsts AS f
  INNER JOIN later AS l ON l.customer_id = f.customer_id
  LEFT JOIN customer_clv AS v ON v.customer_id = f.customer_id
  WHERE f.acquired_on > $window_start AND f.acquired_on <= $window_end AND f.channel IS NOT NULL
),
everybody AS (
  SELECT COUNT(*) AS n, SUM(is_done) AS n_done FROM judged
),
channels AS (
  SELECT channel, COUNT(*) AS n, SUM(is_done) AS n_done FROM judged GROUP BY channel
),
-- What coming back is worth: of those who had the time for it.
returners AS (
  SELECT AVG(worth) AS worth, COUNT(*) AS n FROM judged WHERE is_done = 0
),
waiting AS (
  SELECT f.channel, f.customer_id, r.worth * $win_back_share AS expected_profit
  FROM firsts AS f
  INNER JOIN later AS l ON l.customer_id = f.customer_id
  CROSS JOIN returners AS r
  WHERE l.days_to_second IS NULL AND f.channel IS NOT NULL
    AND f.acquired_on > X_ADD_DAYS($as_of, -CAST($warm_days AS INT)) AND f.acquired_on <= X_ADD_DAYS($as_of, -14)
)
SELECT j.channel,
       SUM(j.is_done) AS hits,
       COUNT(*)       AS trials,
       X_DIV(MAX(e.n_done) - SUM(j.is_done), MAX(e.n) - COUNT(*)) AS benchmark,
       GREATEST(MAX(r.worth), 0) AS unit_loss,
       MAX(r.n)       AS unit_n,
       X_ACTIVITY(j.acquired_on),
       COUNT(*)       AS new_customers,
       SUM(j.is_done) AS ordered_once,
       MAX(r.worth)   AS worth_of_those_who_came_back,
       SUM(j.later_cm3) AS later_cm3
FROM judged AS j
CROSS JOIN everybody AS e
CROSS JOIN returners AS r
GROUP BY j.channel
HAVING COUNT(*) >= $min_customers AND MAX(e.n) > COUNT(*)
