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
[rows]
from = "shipments"
where = "attempts > 1 AND X_DAY(dispatched_at) > $window_start AND X_DAY(dispatched_at) <= $window_end"
order_by = "-attempts"
[docs]
why = "The driver comes, nobody is there, and the parcel goes round again."
value = "Parcels that needed a second attempt above the median postcode's share × cost_per_failure."
known_problems = "The cost of a failed attempt is a figure of the trade (17.78) until the shop sets its own. Carriers differ in what they call an attempt."
source = "METRICS section 5"
--- */
WITH parcels AS (
  SELECT COALESCE(s.postcode, o.postcode) AS postcode,
         COALESCE(X_DAY(s.dispatched_at), X_DAY(o.ordered_at)) AS sent_on,
         s.attempts
  FROM shipments AS s
  LEFT JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.attempts >= 1
)
SELECT postcode,
       COUNT(CASE WHEN attempts > 1 THEN 1 END) AS hits,
       COUNT(*) AS trials,
       X_ACTIVITY(sent_on),
       $cost_per_failure AS unit_loss,
       COUNT(*) AS parcels,
       COUNT(CASE WHEN attempts > 1 THEN 1 END) AS parcels_failed,
       AVG(attempts) AS mean_attempts,
       1 AS assumed_share
FROM parcels
WHERE postcode IS NOT NULL AND sent_on > $window_start AND sent_on <= $window_end
GROUP BY postcode
HAVING COUNT(*) >= $min_parcels
