/* ---
code = "CUST05"
number = 5
name = "valuable_lapsing"
level = "customer"
entity = ["customer_id"]
owner = "crm"
reversible = true
action = "win_back_with_a_held_out_group"
statistic = "sum"
window_days = 364
credibility = 0.4
customers = "valued"
needs = ["orders.customer_id", "ledger.cm3", "customer_clv.profit_per_order"]
[thresholds]
silent_days = 182
longest_silent_days = 395
valuable_share = 0.2
least_missed = 5
min_orders = 4
win_back_share = 0.08
win_back_cost = 0.5
habit_days = 60
[rows]
from = "order_profit"
where = "ordered_on > X_ADD_DAYS($as_of, -760)"
order_by = "-cm3"
[docs]
why = "One of the best customers has not ordered for six to thirteen months, far longer than usual: without a word from the shop most of them never come back."
value = "Profit of a year while they bought (orders a year × profit expected of an order of theirs) × the share who come back because they are written to (win_back_share), less the cost of writing. At 0.08 that is what they earned in 28 days."
known_problems = "How many come back because of the letter only a held-out group can tell: win_back_share is assumed until then (campaigns report that 10 to 30 % of those written to come back; most of these would have come anyway). Customers who moved away or died are among them; one who buys by the season may come back without help."
source = "DETECTORS 5; Kumar, Bhagwat and Zhang (2015), Regaining lost customers"
--- */
WITH purchases AS (
  SELECT customer_id, ordered_on, MAX(ordered_on) OVER (PARTITION BY customer_id) AS last_on
  FROM order_profit
  WHERE customer_id IS NOT NULL AND ordered_on <= $window_end
),
-- Their last year of buying.
years AS (
  SELECT customer_id,
         MAX(last_on) AS last_on,
         COUNT(DISTINCT ordered_on) AS n_days,
         X_DAYS_BETWEEN(MIN(ordered_on), MAX(last_on)) AS span_days
  FROM purchases
  WHERE ordered_on > X_ADD_DAYS(last_on, -364)
  GROUP BY customer_id
),
valuable AS (
  SELECT y.customer_id, y.last_on, y.n_days, c.profit_per_order,
         X_DAYS_BETWEEN(y.last_on, $window_end) AS days_since,
         X_DIV(y.span_days, y.n_days - 1)       AS days_between,
         -- Few orders close together are no habit yet: habit_days are added to the time that they took.
         c.profit_per_order * X_DIV(364 * y.n_days, y.span_days + $habit_days) AS profit_of_a_year
  FROM years AS y
  INNER JOIN customer_clv AS c ON c.customer_id = y.customer_id
  WHERE c.profit_per_order IS NOT NULL
),
best AS (
  SELECT X_PERCENTILE(profit_of_a_year, 1 - $valuable_share) AS profit_of_a_year FROM valuable
),
valued AS (
  SELECT v.customer_id, v.last_on, v.n_days, v.profit_per_order, v.days_since, v.days_between, v.profit_of_a_year,
         v.profit_of_a_year * $win_back_share - $win_back_cost AS expected_profit
  FROM valuable AS v
  CROSS JOIN best AS b
  WHERE v.profit_of_a_year >= b.profit_of_a_year
    AND v.n_days >= $min_orders
    AND v.days_since >= $silent_days AND v.days_since <= $longest_silent_days
    AND v.days_since >= $least_missed * v.days_between
    AND v.profit_of_a_year * $win_back_share > $win_back_cost
)
SELECT customer_id,
       -- What is expected of the days ahead, as if it had gone on through the window.
       expected_profit * X_DIV($window_days, $horizon_days) AS loss,
       n_days AS n,
       POWER(expected_profit * X_DIV($window_days, $horizon_days), 2) * (X_DIV(1, n_days) + 0.1) AS loss_sq,
       last_on AS last_ordered_on,
       days_since,
       days_between AS usual_days_between_orders,
       n_days       AS orders_of_the_last_year_of_buying,
       profit_per_order,
       profit_of_a_year,
       1            AS assumed_share
FROM valued
