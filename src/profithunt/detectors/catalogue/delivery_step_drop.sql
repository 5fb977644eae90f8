/* ---
code = "WEB37"
number = 37
name = "delivery_step_drop"
level = "session"
entity = ["device"]
owner = "web"
reversible = true
action = "test_the_delivery_proposition"
statistic = "share"
window_days = 91
drifts = false
credibility = 0.7
needs = ["events.step", "sessions.device"]
[thresholds]
delivery_word = "deliver"
other_word = "shipping"
min_checkouts = 100
least_excess = 0.2
sure_of_change = 2.6
[rows]
from = ""
[docs]
why = "Visitors who have got as far as the delivery step of the checkout leave there: what delivery costs, when it comes, or the page itself puts them off."
value = "Visits that reach the delivery step × (share that leaves there − the device's own share before it rose, or that of the other devices where it did not) × share of those who pass it that order × profit (CM2) of an order from this device."
known_problems = "Devices differ in who uses them and what for; look at the step itself before blaming the price of delivery. Visitors who go on with another device look lost. A rise within the window is believed beyond sure_of_change standard errors; a drop on all devices alike that is older than the window has nothing to be held against."
source = "DETECTORS 37; METRICS section 6"
--- */
WITH steps AS (
  SELECT session_id,
         MAX(CASE WHEN step IS NOT NULL AND (LOWER(step) LIKE CONCAT('%', $delivery_word, '%') OR LOWER(step) LIKE CONCAT('%', $other_word, '%'))
                  THEN occurred_at END) AS delivery_at,
         MAX(CASE WHEN kind IN ('checkout_step', 'purchase') THEN occurred_at END) AS last_at,
         MAX(CASE WHEN kind = 'purchase' THEN 1 ELSE 0 END) AS ordered,
         MIN(X_DAY(occurred_at)) AS day
  FROM events
  WHERE kind IN ('checkout_step', 'purchase')
    AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
  GROUP BY session_id
),
checkouts AS (
  SELECT s.device,
         t.day,
         CASE WHEN t.ordered = 0 AND t.last_at <= t.delivery_at THEN 1 ELSE 0 END AS has_left,
         t.ordered
  FROM steps AS t
  INNER JOIN sessions AS s ON s.session_id = t.session_id
  WHERE t.delivery_at IS NOT NULL AND s.device IS NOT NULL
),
weekly AS (
  SELECT device, FLOOR(X_DAYS_BETWEEN($window_start, day) / 7) AS week_no, COUNT(*) AS n, SUM(has_left) AS n_left
  FROM checkouts
  GROUP BY device, FLOOR(X_DAYS_BETWEEN($window_start, day) / 7)
),
splits AS (
  SELECT w.device, w.week_no,
         SUM(CASE WHEN o.week_no < w.week_no THEN o.n ELSE 0 END) AS n_before,
         SUM(CASE WHEN o.week_no < w.week_no THEN o.n_left ELSE 0 END) AS left_before,
         SUM(CASE WHEN o.week_no >= w.week_no THEN o.n ELSE 0 END) AS n_since,
         SUM(CASE WHEN o.week_no >= w.week_no THEN o.n_left ELSE 0 END) AS left_since,
         X_DIV(SUM(o.n_left), SUM(o.n)) AS rate
  FROM weekly AS w
  INNER JOIN weekly AS o ON o.device = w.device
  GROUP BY w.device, w.week_no
),
changes AS (
  SELECT device, week_no, X_DIV(left_before, n_before) AS rate_before,
         ROW_NUMBER() OVER (PARTITION BY device ORDER BY X_DIV(X_DIV(left_since, n_since) - X_DIV(left_before, n_before),
                            SQRT(rate * (1 - rate) * (X_DIV(1, n_since) + X_DIV(1, n_before)))) DESC, week_no) AS place
  FROM splits
  WHERE n_before >= $min_checkouts AND n_since >= $min_checkouts
    AND X_DIV(left_since, n_since) - X_DIV(left_before, n_before)
        > $sure_of_change * SQRT(rate * (1 - rate) * (X_DIV(1, n_since) + X_DIV(1, n_before)))
),
since AS (
  SELECT c.device, c.day, c.has_left, c.ordered, h.rate_before
  FROM checkouts AS c
  LEFT JOIN changes AS h ON h.device = c.device AND h.place = 1
  WHERE h.week_no IS NULL OR FLOOR(X_DAYS_BETWEEN($window_start, c.day) / 7) >= h.week_no
),
totals AS (
  SELECT COUNT(*) AS n_checkouts, SUM(has_left) AS n_left FROM since
),
owned AS (
  SELECT device, COUNT(*) AS n_checkouts, SUM(has_left) AS n_left, X_DIV(SUM(ordered), COUNT(*) - SUM(has_left)) AS orders_of_those_who_pass
  FROM since
  GROUP BY device
),
earned AS (
  SELECT o.device, X_DIV(SUM(p.cm2), COUNT(*)) AS per_order
  FROM orders AS o
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  WHERE p.in_window
  GROUP BY o.device
),
usual AS (
  SELECT X_DIV(SUM(cm2), COUNT(*)) AS per_order FROM order_profit WHERE in_window
),
compared AS (
  SELECT w.device, w.orders_of_those_who_pass,
         COALESCE(MAX(s.rate_before), X_DIV(MAX(t.n_left) - w.n_left, MAX(t.n_checkouts) - w.n_checkouts)) AS usual_rate,
         MAX(s.rate_before) AS rate_before
  FROM owned AS w
  CROSS JOIN totals AS t
  INNER JOIN since AS s ON s.device = w.device
  GROUP BY w.device, w.orders_of_those_who_pass, w.n_left, w.n_checkouts
)
SELECT c.device,
       SUM(c.has_left) AS hits,
       COUNT(*)        AS trials,
       X_ACTIVITY(c.day),
       MAX(w.usual_rate) AS benchmark,
       LEAST((1 + $least_excess) * MAX(w.usual_rate), 1) AS "limit",
       MAX(w.orders_of_those_who_pass) * GREATEST(COALESCE(MAX(e.per_order), MAX(u.per_order)), 0) AS unit_loss,
       300             AS unit_n,
       COUNT(*)        AS visits_at_the_delivery_step,
       SUM(c.has_left) AS left_there,
       MIN(c.day)      AS since,
       MAX(w.rate_before) AS share_that_left_before,
       MAX(w.orders_of_those_who_pass) AS orders_of_those_who_pass,
       COALESCE(MAX(e.per_order), MAX(u.per_order)) AS cm2_per_order
FROM since AS c
INNER JOIN compared AS w ON w.device = c.device AND w.usual_rate IS NOT NULL
CROSS JOIN usual AS u
LEFT JOIN earned AS e ON e.device = c.device
GROUP BY c.device
HAVING COUNT(*) >= $min_checkouts
