/* ---
code = "POST49"
number = 49
name = "failed_first_attempts"
level = "postcode"
entity = ["postcode"]
owner = "operations"
reversible = true
action = "offer_lockers_and_notify"
statistic = "share"
outlier = 0.9
window_days = 364
needs = ["shipments.attempts", "shipments.postcode | orders.postcode"]
[thresholds]
min_parcels = 20
cost_per_failure = 17.78
least_failures = 30
[rows]
from = "shipments"
where = "attempts > 1 AND X_DAY(dispatched_at) > $window_start AND X_DAY(dispatched_at) <= $window_end"
order_by = "-attempts"
[docs]
why = "The driver comes, nobody is there, and the parcel goes round again."
value = "Parcels that needed a second attempt above the median postcode's share × what one costs: carriage, service and goodwill of orders with such a parcel beyond those of others with as many parcels by the same carrier into the same region, where least_failures are known; else cost_per_failure."
known_problems = "The cost of a failed attempt is a figure of the trade (17.78) where the shop's own books do not tell; what it does to the customer's next order is not in the books. Carriers differ in what they call an attempt."
source = "METRICS section 5"
--- */
WITH parcels AS (
  SELECT COALESCE(s.postcode, o.postcode) AS postcode,
         COALESCE(X_DAY(s.dispatched_at), X_DAY(o.ordered_at)) AS sent_on,
         s.attempts,
         s.order_id,
         CONCAT(COALESCE(s.carrier, ''), ' ', COALESCE(s.region, o.region, s.country, o.country, '')) AS lane
  FROM shipments AS s
  LEFT JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.attempts >= 1
),
tried AS (
  SELECT order_id, COUNT(*) AS n_parcels, MAX(lane) AS lane, MAX(CASE WHEN attempts > 1 THEN 1 ELSE 0 END) AS failed
  FROM parcels
  WHERE order_id IS NOT NULL AND sent_on > $window_start AND sent_on <= $window_end
  GROUP BY order_id
),
alike AS (
  SELECT t.lane, t.n_parcels,
         COUNT(CASE WHEN t.failed = 1 THEN 1 END) AS n_failed,
         AVG(CASE WHEN t.failed = 1 THEN -CAST(p.carriage + p.service + p.concessions AS DOUBLE) END)
         - AVG(CASE WHEN t.failed = 0 THEN -CAST(p.carriage + p.service + p.concessions AS DOUBLE) END) AS extra
  FROM tried AS t
  INNER JOIN order_profit AS p ON p.order_id = t.order_id
  GROUP BY t.lane, t.n_parcels
  HAVING COUNT(CASE WHEN t.failed = 1 THEN 1 END) > 0 AND COUNT(CASE WHEN t.failed = 0 THEN 1 END) > 0
),
known AS (
  SELECT COALESCE(SUM(n_failed), 0) AS n_failed, X_DIV(SUM(n_failed * extra), SUM(n_failed)) AS extra FROM alike
),
cost AS (
  SELECT CASE WHEN n_failed >= $least_failures AND extra > 0 THEN extra ELSE $cost_per_failure END AS per_failure,
         CASE WHEN n_failed >= $least_failures AND extra > 0 THEN 0 ELSE 1 END AS assumed_share
  FROM known
)
SELECT postcode,
       COUNT(CASE WHEN attempts > 1 THEN 1 END) AS hits,
       COUNT(*) AS trials,
       X_ACTIVITY(sent_on),
       MAX(c.per_failure) AS unit_loss,
       300 AS unit_n,
       COUNT(*) AS parcels,
       COUNT(CASE WHEN attempts > 1 THEN 1 END) AS parcels_failed,
       AVG(attempts) AS mean_attempts,
       MAX(c.per_failure) AS cost_of_a_failure,
       MAX(c.assumed_share) AS assumed_share
FROM parcels
CROSS JOIN cost AS c
WHERE postcode IS NOT NULL AND sent_on > $window_start AND sent_on <= $window_end
GROUP BY postcode
HAVING COUNT(*) >= $min_parcels
