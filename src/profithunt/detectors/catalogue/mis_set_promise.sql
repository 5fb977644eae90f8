/* ---
code = "REG48"
number = 48
name = "mis_set_promise"
level = "region"
entity = ["region"]
owner = "operations"
reversible = true
action = "promise_earlier"
statistic = "share"
direction = "low"
window_days = 182
drifts = false
credibility = 0.3
needs = ["shipments.promised_at", "shipments.delivered_at", "shipments.region | orders.region | orders.country"]
[thresholds]
min_parcels = 50
late_share = 0.1
min_days_early = 3
most_days = 7
profit_a_day = 0.02
cost_share = 0.05
[rows]
from = ""
[docs]
why = "Parcels come days before the day that customers were promised; who reads the later day at the checkout may not order."
value = "Days by which the promise could be earlier with no more than late_share of the parcels late, most_days at most × profit_a_day (share of profit that an earlier day is worth, assumed until tested) × profit (CM2), less cost_share of the net sales of the parcels that would then come late, over 28 days."
known_problems = "What a day is worth differs by product; the figure is a reason to test. `profithunt proposition promise` weighs it lane by lane against what the shop's own late parcels cost and its own regions show. A region whose parcels are late too often is seen by the lanes."
source = "METRICS section 5; Cui, Lu, Sun and Golden (2024), Sooner or Later? Promising Delivery Speed in Online Retail, MSOM 26(1): a day's faster promise brought 0.73 % more sales and 2.0 % more profit"
--- */
WITH parcels AS (
  SELECT s.order_id,
         COALESCE(s.region, o.region, s.country, o.country) AS region,
         X_DAY(s.promised_at) AS promised_on,
         X_DAYS_BETWEEN(X_DAY(s.delivered_at), X_DAY(s.promised_at)) AS days_early
  FROM shipments AS s
  LEFT JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.promised_at IS NOT NULL AND s.delivered_at IS NOT NULL
    AND X_DAY(s.promised_at) > $window_start AND X_DAY(s.promised_at) <= $window_end
),
earned AS (
  SELECT p.region, SUM(o.cm2) AS cm2, SUM(o.net_sales) AS net_sales
  FROM (SELECT order_id, MIN(region) AS region FROM parcels GROUP BY order_id) AS p
  INNER JOIN order_profit AS o ON o.order_id = p.order_id
  GROUP BY p.region
)
SELECT p.region,
       COUNT(CASE WHEN p.days_early < 0 THEN 1 END) AS hits,
       COUNT(*) AS trials,
       $late_share AS benchmark,
       X_ACTIVITY(p.promised_on),
       LEAST(FLOOR(X_PERCENTILE(p.days_early, $late_share)), $most_days) * $profit_a_day * GREATEST(MAX(e.cm2), 0)
         - ($late_share - X_DIV(COUNT(CASE WHEN p.days_early < 0 THEN 1 END), COUNT(*))) * $cost_share * GREATEST(MAX(e.net_sales), 0) AS loss,
       COUNT(*) AS parcels,
       AVG(p.days_early) AS mean_days_early,
       LEAST(FLOOR(X_PERCENTILE(p.days_early, $late_share)), $most_days) AS days_the_promise_could_be_earlier,
       MAX(e.cm2) AS cm2,
       1 AS assumed_share
FROM parcels AS p
INNER JOIN earned AS e ON e.region = p.region
WHERE p.region IS NOT NULL
GROUP BY p.region
HAVING COUNT(*) >= $min_parcels AND FLOOR(X_PERCENTILE(p.days_early, $late_share)) >= $min_days_early
