/* ---
code = "CUST02"
number = 2
name = "serial_returner"
level = "customer"
entity = ["customer_id"]
owner = "customer_experience"
reversible = true
action = "help_with_fit_or_charge_for_returns"
statistic = "share"
outlier = 0.95
window_days = 364
lag_days = 28
needs = ["returns", "orders.customer_id"]
[thresholds]
min_units = 5
return_cost_share = 0.1
[rows]
where = "in_window AND units_returned > 0"
order_by = "refunds + return_costs"
[docs]
why = "The customer sends back far more of what was ordered than others do, and each parcel that comes back has been paid for twice."
value = "Returned lines above the median customer's share × what a returned line costs: delivery out, handling and carriage back, goods written off. The margin of a sale that was never kept is not counted."
known_problems = "Sizes ordered in pairs on purpose by a good customer; gifts. Where a shop has no cost of returns, a share of the refund is assumed (return_cost_share) and said so."
source = "METRICS section 6; Petersen and Kumar (2009), Are product returns a necessary evil?"
--- */
WITH shop AS (
  SELECT SUM(return_costs) AS known_costs FROM ledger WHERE in_window
),
entries AS (
  SELECT customer_id,
         ordered_on,
         entry,
         units,
         units_returned,
         refunds,
         CASE
           WHEN entry = 'line' AND units_returned >= units THEN GREATEST(-cm2, -return_costs, 0)
           WHEN entry = 'line' THEN -return_costs - (fulfilment + carriage + fees) * X_DIV(units_returned, units)
           ELSE -return_costs
         END AS return_cost
  FROM ledger
  WHERE in_window AND customer_id IS NOT NULL AND entry IN ('line', 'return')
)
SELECT customer_id,
       LEAST(COUNT(CASE WHEN units_returned > 0 THEN 1 END), COUNT(CASE WHEN entry = 'line' THEN 1 END)) AS hits,
       COUNT(CASE WHEN entry = 'line' THEN 1 END) AS trials,
       X_ACTIVITY(ordered_on),
       X_DIV(SUM(CASE WHEN units_returned > 0 THEN return_cost END), COUNT(CASE WHEN units_returned > 0 THEN 1 END))
         + CASE
             WHEN MAX(known_costs) < 0 THEN 0
             ELSE X_DIV(-SUM(refunds), COUNT(CASE WHEN units_returned > 0 THEN 1 END)) * $return_cost_share
           END AS unit_loss,
       COUNT(CASE WHEN units_returned > 0 THEN 1 END) AS unit_n,
       SUM(units)          AS units,
       SUM(units_returned) AS units_returned,
       -SUM(refunds)       AS refunded,
       CASE
         WHEN MAX(known_costs) < 0 THEN 0
         ELSE X_DIV(-SUM(refunds) * $return_cost_share,
                    -SUM(refunds) * $return_cost_share + SUM(CASE WHEN units_returned > 0 THEN return_cost ELSE 0 END))
       END AS assumed_share
FROM entries CROSS JOIN shop
GROUP BY customer_id
HAVING SUM(units) >= $min_units AND COUNT(CASE WHEN entry = 'line' THEN 1 END) >= 3
