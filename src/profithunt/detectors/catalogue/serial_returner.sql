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
known_problems = "Lines of one order come back together: as many of them as the orders of a shop's customers show to hang together count as one. Sizes ordered in pairs on purpose by a good customer; gifts. Where a shop has no cost of returns, a share of the refund is assumed (return_cost_share) and said so."
source = "METRICS section 6; Petersen and Kumar (2009), Are product returns a necessary evil?"
--- */
WITH shop AS (
  SELECT SUM(return_costs) AS known_costs FROM ledger WHERE in_window
),
entries AS (
  SELECT customer_id,
         order_id,
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
),
by_order AS (
  SELECT customer_id, order_id,
         COUNT(CASE WHEN entry = 'line' THEN 1 END) AS n_lines,
         LEAST(COUNT(CASE WHEN units_returned > 0 THEN 1 END), COUNT(CASE WHEN entry = 'line' THEN 1 END)) AS n_returned
  FROM entries
  GROUP BY customer_id, order_id
),
by_customer AS (
  SELECT customer_id, SUM(n_lines) AS n_lines, SUM(n_returned) AS n_returned, X_DIV(SUM(n_returned), SUM(n_lines)) AS share
  FROM by_order
  GROUP BY customer_id
),
-- How much more the orders of a customer differ than lines of their own would: so many lines count as one.
together AS (
  SELECT GREATEST(COALESCE(X_DIV(SUM((o.n_returned - c.share * o.n_lines) * (o.n_returned - c.share * o.n_lines)),
                                 SUM(o.n_lines * c.share * (1 - c.share) * X_DIV(c.n_lines - o.n_lines, c.n_lines - 1))), 1), 1) AS lines_as_one
  FROM by_order AS o
  INNER JOIN by_customer AS c ON c.customer_id = o.customer_id
  WHERE o.n_lines < c.n_lines
)
SELECT e.customer_id,
       X_DIV(MAX(c.n_returned), MAX(t.lines_as_one)) AS hits,
       X_DIV(MAX(c.n_lines), MAX(t.lines_as_one)) AS trials,
       X_ACTIVITY(e.ordered_on),
       MAX(t.lines_as_one) * (X_DIV(SUM(CASE WHEN e.units_returned > 0 THEN e.return_cost END), COUNT(CASE WHEN e.units_returned > 0 THEN 1 END))
         + CASE
             WHEN MAX(s.known_costs) < 0 THEN 0
             ELSE X_DIV(-SUM(e.refunds), COUNT(CASE WHEN e.units_returned > 0 THEN 1 END)) * $return_cost_share
           END) AS unit_loss,
       COUNT(CASE WHEN e.units_returned > 0 THEN 1 END) AS unit_n,
       SUM(e.units)          AS units,
       SUM(e.units_returned) AS units_returned,
       -SUM(e.refunds)       AS refunded,
       CASE
         WHEN MAX(s.known_costs) < 0 THEN 0
         ELSE X_DIV(-SUM(e.refunds) * $return_cost_share,
                    -SUM(e.refunds) * $return_cost_share + SUM(CASE WHEN e.units_returned > 0 THEN e.return_cost ELSE 0 END))
       END AS assumed_share
FROM entries AS e
INNER JOIN by_customer AS c ON c.customer_id = e.customer_id
CROSS JOIN shop AS s
CROSS JOIN together AS t
GROUP BY e.customer_id
HAVING SUM(e.units) >= $min_units AND COUNT(CASE WHEN e.entry = 'line' THEN 1 END) >= 3
