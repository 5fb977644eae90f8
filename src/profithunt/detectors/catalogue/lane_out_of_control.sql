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
credibility = 0.8
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
value = "Failed parcels above the share to expect × what they cost: the service and goodwill that orders with a late parcel, and those with a lost or damaged one, need beyond others, as the failures above the share are made up. To expect is the median lane's share, or that of the lanes in its zone, or of the other carriers in its region, whichever is highest."
known_problems = "What a failed parcel costs is the shop's mean: how many of a lane's customers complain differs. A promise that was set too tight makes a good lane look bad. Where contacts and goodwill are not known, cost_share of an order's net sales is assumed and said so."
source = "METRICS section 5; Montgomery, Introduction to Statistical Quality Control (p charts)"
--- */
WITH parcels AS (
  SELECT s.order_id,
         COALESCE(s.carrier, CONCAT('from ', s.origin), 'unnamed') AS carrier,
         COALESCE(s.region, o.region, s.country, o.country, 'all') AS region,
         X_DAY(s.promised_at) AS promised_on,
         s.zone,
         CASE WHEN X_DAY(s.delivered_at) > X_DAY(s.promised_at) OR s.lost OR s.damaged THEN 1 ELSE 0 END AS failed,
         CASE WHEN s.lost OR s.damaged THEN 1 ELSE 0 END AS broken,
         CASE WHEN X_DAY(s.delivered_at) > X_DAY(s.promised_at)
              THEN X_DAYS_BETWEEN(X_DAY(s.promised_at), X_DAY(s.delivered_at)) END AS days_late
  FROM shipments AS s
  LEFT JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.promised_at IS NOT NULL AND (s.delivered_at IS NOT NULL OR s.lost)
    AND X_DAY(s.promised_at) > $window_start AND X_DAY(s.promised_at) <= $window_end
),
touched AS (
  SELECT order_id, MAX(failed) AS failed, MAX(broken) AS broken FROM parcels GROUP BY order_id
),
costs AS (
  SELECT X_DIV(-SUM(CASE WHEN t.failed = 1 AND t.broken = 0 THEN o.service + o.concessions END), COUNT(CASE WHEN t.failed = 1 AND t.broken = 0 THEN 1 END))
         - X_DIV(-SUM(CASE WHEN t.failed = 0 THEN o.service + o.concessions END), COUNT(CASE WHEN t.failed = 0 THEN 1 END)) AS late_extra,
         X_DIV(-SUM(CASE WHEN t.broken = 1 THEN o.service + o.concessions END), COUNT(CASE WHEN t.broken = 1 THEN 1 END))
         - X_DIV(-SUM(CASE WHEN t.failed = 0 THEN o.service + o.concessions END), COUNT(CASE WHEN t.failed = 0 THEN 1 END)) AS broken_extra,
         X_DIV(SUM(o.net_sales), COUNT(*)) * $cost_share AS otherwise
  FROM touched AS t
  INNER JOIN order_profit AS o ON o.order_id = t.order_id
),
lanes AS (
  SELECT carrier, region, MAX(zone) AS zone, COUNT(*) AS n_parcels, SUM(failed) AS n_failed, SUM(broken) AS n_broken
  FROM parcels
  GROUP BY carrier, region
),
zones AS (
  SELECT zone, X_PERCENTILE(X_DIV(n_failed, n_parcels), 0.5) AS rate
  FROM lanes
  WHERE zone IS NOT NULL AND n_parcels >= $min_parcels
  GROUP BY zone
  HAVING COUNT(*) >= 3
),
usual AS (
  SELECT X_PERCENTILE(X_DIV(n_failed, n_parcels), 0.5) AS rate FROM lanes WHERE n_parcels >= $min_parcels
),
others AS (
  SELECT l.carrier, l.region, X_DIV(SUM(o.n_failed), SUM(o.n_parcels)) AS rate
  FROM lanes AS l
  INNER JOIN lanes AS o ON o.region = l.region AND o.carrier <> l.carrier
  GROUP BY l.carrier, l.region
  HAVING SUM(o.n_parcels) >= $min_parcels
),
everywhere AS (
  SELECT X_DIV(SUM(n_broken), SUM(n_parcels)) AS broken_rate FROM lanes
),
held_against AS (
  SELECT l.carrier, l.region, l.n_parcels, l.n_failed, l.n_broken, e.broken_rate * l.n_parcels AS broken_anyway,
         LEAST(GREATEST(COALESCE(u.rate, 0), COALESCE(z.rate, 0), COALESCE(o.rate, 0)), 1) AS benchmark
  FROM lanes AS l
  CROSS JOIN usual AS u
  CROSS JOIN everywhere AS e
  LEFT JOIN zones AS z ON z.zone = l.zone
  LEFT JOIN others AS o ON o.carrier = l.carrier AND o.region = l.region
),
-- What the failures beyond the benchmark are made up of: broken ones are where more break than everywhere, beyond chance.
mixed AS (
  SELECT carrier, region, n_broken, benchmark,
         LEAST(X_DIV(GREATEST(n_broken - broken_anyway - 2 * SQRT(broken_anyway), 0),
                     GREATEST(n_failed - benchmark * n_parcels, 1)), 1) AS broken_share
  FROM held_against
)
SELECT p.carrier,
       p.region,
       SUM(p.failed) AS hits,
       COUNT(*)      AS trials,
       X_ACTIVITY(p.promised_on),
       MAX(m.benchmark) AS benchmark,
       CASE WHEN MAX(c.late_extra) > 0
            THEN MAX(c.late_extra) + COALESCE(MAX(m.broken_share), 0) * GREATEST(COALESCE(MAX(c.broken_extra), 0) - MAX(c.late_extra), 0)
            ELSE MAX(c.otherwise) END AS unit_loss,
       300 AS unit_n,
       COUNT(*)      AS parcels,
       SUM(p.failed) AS parcels_failed,
       MAX(m.n_broken) AS of_them_lost_or_damaged,
       X_DIV(1000000 * SUM(p.failed), COUNT(*)) AS failed_per_million,
       AVG(p.days_late) AS mean_days_late,
       CASE WHEN MAX(c.late_extra) > 0 THEN 0 ELSE 1 END AS assumed_share
FROM parcels AS p
CROSS JOIN costs AS c
INNER JOIN mixed AS m ON m.carrier = p.carrier AND m.region = p.region
GROUP BY p.carrier, p.region
HAVING COUNT(*) >= $min_parcels
