/* ---
code = "POL40"
number = 40
name = "threshold_mis_set"
level = "policy"
entity = ["policy"]
owner = "finance"
reversible = true
action = "test_another_threshold"
effort = 2
statistic = "sum"
window_days = 56
credibility = 0.5
needs = ["orders.shipping_charged", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
today = 0
grid = 5
min_orders = 200
least_fit = 0.9
least_change = 5
highest_of_median = 1.0
lost_share = 0.1
lost_share_sd = 0.05
pad_share = 0.1
pad_reach = 0.2
pad_weight = 200
[rows]
from = ""
[docs]
why = "Orders above the free-delivery threshold pay nothing for their delivery. Set too low, the shop gives away charges that customers would pay; set too high, customers leave at the charge or never reach it."
value = "Profit of all orders at the best threshold of a grid − at today's, over 28 days: charges paid or forgone; lost_share of the orders that are newly charged are lost (as many come back where the charge goes); pad_share of those that lie less than pad_reach below the threshold are filled up to it, at the margin of their goods."
known_problems = "lost_share and pad_share are priors until a test; what orders do just above and below today's threshold moves pad_share (counting pad_weight orders for the prior). Thresholds beyond highest_of_median × the median order are not looked at: most orders would pay then, and nobody's say what happens. Today's threshold is read from the orders (least_fit of them must follow it) unless `today` is set. A roll-out is hard to reverse: test first. In a run the study of delivery terms (`profithunt proposition delivery`) looks at each find: where it recommends other terms, they and their money take the place of this first look; where it is sure that none earn more, the find is dropped; where it knows too little, the find stays as a reason to test, with what the study says beside it."
source = "DETECTORS 40. Priors: Lewis, Singh and Fay (2006), An empirical study of the impact of nonlinear shipping and handling fees, Marketing Science 25"
--- */
WITH goods AS (
  SELECT order_id, SUM(CAST(quantity AS DOUBLE) * CAST(unit_price AS DOUBLE) - COALESCE(CAST(discount AS DOUBLE), 0)) AS goods
  FROM order_lines
  WHERE unit_price IS NOT NULL
  GROUP BY order_id
),
priced AS (
  SELECT o.order_id,
         COALESCE(o.delivery_option, '') AS delivery_option,
         COALESCE(o.channel, '') AS channel,
         g.goods,
         CASE WHEN o.shipping_charged > 0 THEN 1 ELSE 0 END AS is_charged,
         CAST(p.shipping_income AS DOUBLE) AS income,
         CAST(p.cm2 AS DOUBLE) AS cm2,
         GREATEST(X_DIV(p.net_sales - p.shipping_income + p.cogs, p.net_sales - p.shipping_income), 0) AS margin
  FROM orders AS o
  INNER JOIN goods AS g ON g.order_id = o.order_id AND g.goods > 0
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  WHERE p.in_window AND o.shipping_charged IS NOT NULL AND o.cancelled_at IS NULL
),
-- Ways of delivery that are always or never charged for (express, collected, carried home) know no threshold.
options AS (
  SELECT delivery_option, channel
  FROM priced
  GROUP BY delivery_option, channel
  HAVING AVG(is_charged) BETWEEN 0.01 AND 0.99
),
offered AS (
  SELECT p.order_id, p.goods, p.is_charged, p.income, p.cm2, p.margin
  FROM priced AS p
  INNER JOIN options AS o ON o.delivery_option = p.delivery_option AND o.channel = p.channel
),
usual AS (
  SELECT COUNT(*) AS n_orders,
         X_PERCENTILE(goods, 0.5) AS median_goods,
         X_DIV(SUM(CASE WHEN is_charged = 1 THEN income ELSE 0 END), SUM(is_charged)) AS charge,
         X_DIV(SUM(margin * goods), SUM(goods)) AS margin
  FROM offered
),
candidates AS (
  SELECT CEIL(goods / $grid) * $grid AS threshold FROM offered
  UNION
  SELECT FLOOR(goods / $grid) * $grid FROM offered
),
-- Thresholds often lie a unit below a round number; among those that fit alike, the highest round one is taken.
fits AS (
  SELECT t.threshold, t.on_grid,
         X_DIV(COUNT(CASE WHEN (o.goods >= t.threshold AND o.is_charged = 0) OR (o.goods < t.threshold AND o.is_charged = 1) THEN 1 END), COUNT(*)) AS fit
  FROM (SELECT threshold, 1 AS on_grid FROM candidates UNION ALL SELECT threshold - 1, 0 FROM candidates) AS t
  CROSS JOIN offered AS o
  GROUP BY t.threshold, t.on_grid
),
found AS (
  SELECT threshold, fit, ROW_NUMBER() OVER (ORDER BY fit DESC, on_grid DESC, threshold DESC) AS place FROM fits
),
present AS (
  SELECT CASE WHEN $today > 0 THEN $today ELSE threshold END AS threshold, fit
  FROM found
  WHERE place = 1 AND (fit >= $least_fit OR $today > 0)
),
bunched AS (
  SELECT COUNT(CASE WHEN o.goods >= p.threshold AND o.goods < (1 + $pad_reach) * p.threshold THEN 1 END) AS n_above,
         COUNT(CASE WHEN o.goods >= (1 - $pad_reach) * p.threshold AND o.goods < p.threshold THEN 1 END) AS n_below,
         COUNT(CASE WHEN o.goods >= (1 + $pad_reach) * p.threshold AND o.goods < (1 + 2 * $pad_reach) * p.threshold THEN 1 END) AS n_far_above,
         COUNT(CASE WHEN o.goods >= (1 - 2 * $pad_reach) * p.threshold AND o.goods < (1 - $pad_reach) * p.threshold THEN 1 END) AS n_far_below
  FROM offered AS o
  CROSS JOIN present AS p
),
-- Without filling up, the counts on both sides would go on as those farther away do; what is beyond that was filled up.
filled AS (
  SELECT n_above, n_below,
         GREATEST(X_DIV(n_above - n_below * LEAST(GREATEST(POWER(X_DIV(n_far_above + 1, n_far_below + 1), 1.0 / 3), 0.5), 2),
                        1 + LEAST(GREATEST(POWER(X_DIV(n_far_above + 1, n_far_below + 1), 1.0 / 3), 0.5), 2)), 0) AS n_filled
  FROM bunched
),
habits AS (
  SELECT n_above, n_below, X_DIV($pad_share * $pad_weight + n_filled, $pad_weight + n_below + n_filled) AS pad_share FROM filled
),
each AS (
  SELECT c.threshold,
         o.goods, o.cm2,
         u.charge, u.margin,
         h.pad_share,
         CASE WHEN o.goods >= p.threshold AND o.goods < c.threshold THEN 1
              WHEN o.goods < p.threshold AND o.goods >= c.threshold THEN -1 ELSE 0 END AS newly_charged,
         CASE WHEN o.goods >= (1 - $pad_reach) * c.threshold AND o.goods < c.threshold THEN c.threshold - o.goods ELSE 0 END AS short_of_it,
         CASE WHEN o.goods >= (1 - $pad_reach) * p.threshold AND o.goods < p.threshold THEN p.threshold - o.goods ELSE 0 END AS short_of_todays
  FROM candidates AS c
  CROSS JOIN offered AS o
  CROSS JOIN present AS p
  CROSS JOIN usual AS u
  CROSS JOIN habits AS h
  WHERE c.threshold <= GREATEST($highest_of_median * u.median_goods, p.threshold) AND c.threshold > 0 AND u.n_orders >= $min_orders
    AND ABS(c.threshold - p.threshold) >= $least_change
),
worth AS (
  SELECT threshold,
         COUNT(CASE WHEN newly_charged <> 0 THEN 1 END) AS n_changed,
         SUM(newly_charged * (charge * (1 - CASE WHEN newly_charged = 1 THEN $lost_share ELSE 0 END) - $lost_share * GREATEST(cm2, 0))
             + CASE WHEN short_of_it > 0 THEN pad_share * (short_of_it * margin - charge) ELSE 0 END
             - CASE WHEN short_of_todays > 0 THEN pad_share * (short_of_todays * margin - charge) ELSE 0 END) AS gain,
         SUM(newly_charged * (charge + GREATEST(cm2, 0))) * $lost_share_sd AS unsure
  FROM each
  GROUP BY threshold
),
best AS (
  SELECT threshold, n_changed, gain, unsure, ROW_NUMBER() OVER (ORDER BY gain DESC, threshold) AS place FROM worth
)
SELECT 'free_delivery_from' AS policy,
       b.gain         AS loss,
       b.n_changed    AS n,
       b.unsure * b.unsure + X_DIV(b.gain * b.gain, b.n_changed) AS loss_sq,
       p.threshold    AS threshold_today,
       p.fit          AS orders_that_follow_it,
       b.threshold    AS threshold_to_test,
       b.n_changed    AS orders_that_change,
       h.n_below      AS orders_just_under,
       h.n_above      AS orders_just_over,
       h.pad_share    AS orders_that_are_filled_up,
       u.charge,
       u.median_goods AS median_order,
       0.5            AS assumed_share
FROM best AS b
CROSS JOIN present AS p
CROSS JOIN habits AS h
CROSS JOIN usual AS u
WHERE b.place = 1 AND b.gain > 0 AND b.n_changed > 0
