/* ---
code = "LANE47"
number = 47
name = "lane_out_of_control"
level = "lane"
entity = ["carrier", "region"]
owner = "operations"
reversible = true
action = "switch_lane"
statistic = "share"
outlier = 0.9
window_days = 364
needs = ["shipments.promised_at", "shipments.delivered_at"]
[thresholds]
min_parcels = 30
cost_share = 0.05
[rows]
from = "shipments"
where = "X_DAY(promised_at) > $window_start AND X_DAY(promised_at) <= $window_end AND (X_DAY(delivered_at) > X_DAY(promised_at) OR lost OR damaged)"
order_by = "X_DAYS_BETWEEN(X_DAY(delivered_at), X_DAY(promised_at))"
[rows.keys]
carrier = "COALESCE(carrier, CONCAT('from ', origin), 'unnamed')"
region = "COALESCE(region, country, 'all')"
[docs]
why = "Parcels of this carrier into this region are late, lost or damaged far more often than on other lanes, and each one disappoints a customer."
value = "Failed parcels above the median lane's share × what a failed parcel costs: the service and goodwill that orders with one need beyond others."
known_problems = "A promise that was set too tight makes a good lane look bad. Where contacts and goodwill are not known, cost_share of an order's net sales is assumed and said so."
source = "METRICS section 5; Montgomery, Introduction to Statistical Quality Control (p charts)"
--- */
WITH parcels AS (
  SELECT s.order_id,
         COALESCE(s.carrier, CONCAT('from ', s.origin), 'unnamed') AS carrier,
         COALESCE(s.region, o.region, s.country, o.country, 'all') AS region,
         X_DAY(s.promised_at) AS promised_on,
         CASE WHEN X_DAY(s.delivered_at) > X_DAY(s.promised_at) OR s.lost OR s.damaged THEN 1 ELSE 0 END AS failed,
         CASE WHEN X_DAY(s.delivered_at) > X_DAY(s.promised_at)
              THEN X_DAYS_BETWEEN(X_DAY(s.promised_at), X_DAY(s.delivered_at)) END AS days_late
  FROM shipments AS s
  LEFT JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.promised_at IS NOT NULL AND (s.delivered_at IS NOT NULL OR s.lost)
    AND X_DAY(s.promised_at) > $window_start AND X_DAY(s.promised_at) <= $window_end
),
touched AS (
  SELECT order_id, MAX(failed) AS failed FROM parcels GROUP BY order_id
),
costs AS (
  SELECT X_DIV(-SUM(CASE WHEN t.failed = 1 THEN o.service + o.concessions END), COUNT(CASE WHEN t.failed = 1 THEN 1 END))
         - X_DIV(-SUM(CASE WHEN t.failed = 0 THEN o.service + o.concessions END), COUNT(CASE WHEN t.failed = 0 THEN 1 END)) AS extra,
         X_DIV(SUM(o.net_sales), COUNT(*)) * $cost_share AS otherwise
  FROM touched AS t
  INNER JOIN order_profit AS o ON o.order_id = t.order_id
)
SELECT p.carrier,
       p.region,
       SUM(p.failed) AS hits,
       COUNT(*)      AS trials,
       X_ACTIVITY(p.promised_on),
       CASE WHEN MAX(c.extra) > 0 THEN MAX(c.extra) ELSE MAX(c.otherwise) END AS unit_loss,
       COUNT(*)      AS parcels,
       SUM(p.failed) AS parcels_failed,
       X_DIV(1000000 * SUM(p.failed), COUNT(*)) AS failed_per_million,
       AVG(p.days_late) AS mean_days_late,
       CASE WHEN MAX(c.extra) > 0 THEN 0 ELSE 1 END AS assumed_share
FROM parcels AS p
CROSS JOIN costs AS c
GROUP BY p.carrier, p.region
HAVING COUNT(*) >= $min_parcels
