/* ---
code = "KW29"
number = 29
name = "unprofitable_keyword"
level = "keyword"
entity = ["keyword"]
owner = "marketing"
reversible = true
action = "pause_or_bid_down"
statistic = "count"
direction = "low"
probability = 0.9
window_days = 182
needs = ["touches.keyword", "touches.cost | ad_spend.keyword"]
[thresholds]
min_spend = 50
prior_orders = 3
[rows]
where = "in_window AND keyword IS NOT NULL AND entry = 'line'"
order_by = "cm3"
[docs]
why = "The clicks cost more than the orders that they brought earned."
value = "Spend − profit before marketing (CM2) of the orders to expect from it: orders per money spent below the break-even, × spend over 28 days × profit per order."
known_problems = "Only what customers do at once is counted: a keyword that brings customers who come back is judged by its customers' value (CLV-rich keyword). Follows the attribution model of the shop."
source = "METRICS sections 1 (attribution) and 6"
--- */
WITH keyword_orders AS (
  SELECT keyword, order_id, MIN(ordered_on) AS ordered_on, SUM(cm2) AS cm2
  FROM ledger
  WHERE in_window AND keyword IS NOT NULL AND entry = 'line'
  GROUP BY keyword, order_id
),
earned AS (
  SELECT keyword, COUNT(*) AS n_orders, SUM(cm2) AS cm2 FROM keyword_orders GROUP BY keyword
),
booked AS (
  SELECT channel FROM ad_spend GROUP BY channel
),
spend AS (
  SELECT keyword, channel, spent_on, cost FROM ad_spend WHERE keyword IS NOT NULL
  UNION ALL
  SELECT t.keyword, t.channel, X_DAY(t.touched_at), t.cost
  FROM touches AS t
  LEFT JOIN booked AS b ON b.channel = t.channel
  WHERE t.keyword IS NOT NULL AND t.cost IS NOT NULL AND b.channel IS NULL
),
spent AS (
  SELECT keyword,
         MAX(channel) AS marketing_channel,
         SUM(cost)    AS spend,
         COUNT(*)     AS n_rows,
         COUNT(CASE WHEN spent_on > $recent_start THEN 1 END) AS n_recent,
         COUNT(DISTINCT spent_on) AS n_days,
         X_DAYS_BETWEEN($window_start, MIN(spent_on)) - 1 AS days_waited,
         X_DAYS_BETWEEN(MAX(spent_on), $window_end)       AS days_silent
  FROM spend
  WHERE spent_on > $window_start AND spent_on <= $window_end AND cost > 0
  GROUP BY keyword
),
usual AS (
  SELECT AVG(cm2) AS cm2_per_order FROM keyword_orders
),
valued AS (
  SELECT s.keyword,
         s.marketing_channel,
         COALESCE(e.n_orders, 0) AS n_orders,
         COALESCE(e.cm2, 0)      AS cm2,
         s.spend, s.n_rows, s.n_recent, s.n_days, s.days_waited, s.days_silent,
         GREATEST(X_DIV(COALESCE(e.cm2, 0) + $prior_orders * COALESCE(u.cm2_per_order, 0),
                        COALESCE(e.n_orders, 0) + $prior_orders), 0.01) AS per_order
  FROM spent AS s
  CROSS JOIN usual AS u
  LEFT JOIN earned AS e ON e.keyword = s.keyword
)
SELECT keyword,
       n_orders       AS hits,
       spend          AS exposure,
       X_DIV(1, per_order) AS benchmark,
       per_order      AS unit_loss,
       n_rows, n_recent, n_days, days_waited, days_silent,
       marketing_channel,
       spend,
       n_orders,
       cm2,
       per_order      AS cm2_per_order
FROM valued
WHERE spend >= $min_spend
