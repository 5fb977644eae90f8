/* ---
code = "STO46"
number = 46
name = "store_that_loses_customers"
level = "store"
entity = ["store_id"]
owner = "stores"
reversible = false
action = "coach_the_store"
statistic = "share"
direction = "low"
outlier = 0.9
window_days = 364
credibility = 0.7
drifts = false
needs = ["orders.store_id", "orders.customer_id"]
[thresholds]
min_customers = 20
[rows]
from = "order_profit"
where = "in_window"
order_by = "cm3"
[docs]
why = "Fewer of the customers who shopped here in the first half of the year came back to any store in the second half than elsewhere."
value = "Customers lost in 28 days (those of the first half of the year pass in half a year) beyond the median store's × the profit (CM3) that a customer who is retained, in any store, brings in a year."
known_problems = "Holiday places and stores that closed; customers without a card are not seen. Closing a store is another decision."
source = "MISSION M7; METRICS sections 2 and 6"
--- */
WITH halves AS (
  SELECT X_ADD_DAYS($window_start, CAST(FLOOR(X_DAYS_BETWEEN($window_start, $window_end) / 2) AS INT)) AS middle
),
visits AS (
  SELECT o.customer_id,
         o.store_id,
         COUNT(*) AS n_orders,
         ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY COUNT(*) DESC, o.store_id) AS place
  FROM order_profit AS o
  CROSS JOIN halves AS h
  WHERE o.in_window AND o.ordered_on <= h.middle AND o.customer_id IS NOT NULL AND o.store_id IS NOT NULL
  GROUP BY o.customer_id, o.store_id
),
later AS (
  SELECT o.customer_id, SUM(o.cm3) AS cm3
  FROM order_profit AS o
  CROSS JOIN halves AS h
  WHERE o.in_window AND o.ordered_on > h.middle AND o.customer_id IS NOT NULL
  GROUP BY o.customer_id
),
kept AS (
  SELECT X_DIV(GREATEST(SUM(l.cm3), 0), COUNT(l.customer_id)) * X_DIV(2 * 364, $window_days) AS cm3,
         X_DAYS_BETWEEN($window_start, MAX(h.middle)) AS half_days
  FROM visits AS v
  CROSS JOIN halves AS h
  INNER JOIN later AS l ON l.customer_id = v.customer_id
  WHERE v.place = 1
)
SELECT v.store_id,
       COUNT(l.customer_id) AS hits,
       COUNT(*)             AS trials,
       -- The customers of half the window pass in half of its days.
       MAX(k.cm3) * X_DIV($window_days, MAX(k.half_days)) AS unit_loss,
       300                  AS unit_n,
       COUNT(*)             AS customers,
       COUNT(l.customer_id) AS customers_retained,
       SUM(l.cm3)           AS cm3_of_retained,
       MAX(k.cm3)           AS cm3_of_a_retained_customer_in_a_year
FROM visits AS v
CROSS JOIN kept AS k
LEFT JOIN later AS l ON l.customer_id = v.customer_id
WHERE v.place = 1
GROUP BY v.store_id
HAVING COUNT(*) >= $min_customers
