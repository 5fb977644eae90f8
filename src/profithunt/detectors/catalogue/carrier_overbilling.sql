/* ---
code = "INV51"
number = 51
name = "carrier_overbilling"
level = "invoice"
entity = ["carrier"]
owner = "finance"
reversible = true
action = "claim_the_difference"
statistic = "sum"
window_days = 91
needs = ["shipments.billed_cost", "shipments.shipping_cost"]
[thresholds]
tolerance = 0.01
min_parcels = 5
[rows]
from = "shipments"
where = "billed_cost > shipping_cost * (1 + $tolerance)"
order_by = "shipping_cost - billed_cost"
[rows.keys]
carrier = "COALESCE(carrier, 'unnamed')"
[docs]
why = "The carrier billed more for parcels than the rate card says."
value = "Billed − rate card over the parcels billed too high, over 28 days; what was billed too low is not set against it."
known_problems = "Surcharges that the contract allows but the rate card leaves out; a rate card that is out of date."
source = "METRICS section 6"
--- */
WITH billed AS (
  SELECT COALESCE(s.carrier, 'unnamed') AS carrier,
         o.ordered_on,
         s.shipping_cost,
         s.billed_cost,
         CASE WHEN s.billed_cost > s.shipping_cost * (1 + $tolerance) THEN s.billed_cost - s.shipping_cost ELSE 0 END AS over
  FROM shipments AS s
  INNER JOIN order_profit AS o ON o.order_id = s.order_id
  WHERE s.billed_cost IS NOT NULL AND s.shipping_cost IS NOT NULL AND o.in_window
)
SELECT carrier,
       SUM(over) AS loss,
       COUNT(*)  AS n,
       SUM(POWER(CAST(over AS DOUBLE), 2)) AS loss_sq,
       X_ACTIVITY(ordered_on),
       COUNT(*)           AS parcels,
       SUM(shipping_cost) AS by_rate_card,
       SUM(billed_cost)   AS billed
FROM billed
WHERE over > 0
GROUP BY carrier
HAVING COUNT(*) >= $min_parcels
