/* ---
code = "SKU25"
number = 25
name = "invisible_stock"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "surface_it"
statistic = "count"
direction = "low"
window_days = 91
drifts = false
credibility = 0.5
needs = ["events.sku", "stock.on_hand"]
[thresholds]
view_kind = "view"
unseen_days = 14
min_units = 5
few_percentile = 0.1
prior_lines = 3
[rows]
from = ""
[docs]
why = "There is stock of the SKU, and for 14 days or longer nobody has seen it: no page, list or search leads to it."
value = "Views to expect in 28 days × the shop's conversion × profit (CM2) of an order line of it (shrunk to the shop's by prior_lines). Expected is the pace at which it was viewed until it was last seen; of a SKU that was not viewed at all, the pace at which it was bought in visits, at the shop's views for a line bought; of one without either, what nine of ten of its category are viewed."
known_problems = "New arrivals before their launch; goods that are sold in stores only. A SKU that is hardly ever looked at is not invisible: it counts where so long a silence would be chance in few SKUs of all those in stock."
source = "DETECTORS 25. Silence against pace: of n events in T + s days, all fall into the first T by chance once in (1 + s ÷ T)^n"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  WHERE s.counted_on > X_ADD_DAYS($window_end, -CAST($unseen_days AS INT))
  GROUP BY s.sku
),
viewed AS (
  SELECT sku, COUNT(*) AS n_views, MAX(X_DAY(occurred_at)) AS last_on,
         COUNT(CASE WHEN X_DAY(occurred_at) > X_ADD_DAYS($window_end, -CAST($unseen_days AS INT)) THEN 1 END) AS n_lately
  FROM events
  WHERE kind = $view_kind AND sku IS NOT NULL
    AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
  GROUP BY sku
),
reach AS (
  SELECT MIN(X_DAY(occurred_at)) AS first_on, X_DAYS_BETWEEN(MIN(X_DAY(occurred_at)), $window_end) + 1 AS n_days
  FROM events
  WHERE kind = $view_kind AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
),
named AS (
  SELECT COUNT(session_id) AS n_orders FROM orders
),
lines AS (
  SELECT l.sku, l.ordered_on, CAST(l.cm2 AS DOUBLE) AS cm2, CASE WHEN l.ordered_on >= r.first_on THEN 1 ELSE 0 END AS is_now
  FROM ledger AS l
  CROSS JOIN reach AS r
  CROSS JOIN named AS n
  LEFT JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -364) AND l.ordered_on <= $window_end
    AND (o.session_id IS NOT NULL OR n.n_orders = 0)
),
bought AS (
  SELECT sku, COUNT(*) AS n_lines, SUM(cm2) AS cm2, MIN(ordered_on) AS first_on, MAX(ordered_on) AS last_on FROM lines GROUP BY sku
),
shop AS (
  SELECT SUM(is_now) AS n_lines, X_DIV(SUM(CASE WHEN is_now = 1 THEN cm2 END), SUM(is_now)) AS margin FROM lines
),
looks AS (
  SELECT SUM(n_views) AS n_views FROM viewed
),
few AS (
  SELECT COALESCE(p.category, '') AS category, X_PERCENTILE(COALESCE(v.n_views, 0), $few_percentile) AS n_views
  FROM held AS h
  LEFT JOIN products AS p ON p.sku = h.sku
  LEFT JOIN viewed AS v ON v.sku = h.sku
  WHERE h.on_hand > 0
  GROUP BY COALESCE(p.category, '')
),
-- Views a day while it was seen, and what chance makes of the silence since.
paced AS (
  SELECT h.sku, h.on_hand, COALESCE(v.n_lately, 0) AS n_lately,
         X_DIV(COALESCE(b.cm2, 0) + $prior_lines * COALESCE(s.margin, 0), COALESCE(b.n_lines, 0) + $prior_lines) AS margin,
         CASE WHEN v.sku IS NOT NULL THEN X_DIV(v.n_views, X_DAYS_BETWEEN(r.first_on, v.last_on) + 1)
              WHEN b.n_lines > 1 THEN X_DIV(b.n_lines, X_DAYS_BETWEEN(b.first_on, b.last_on) + 1) * X_DIV(k.n_views, s.n_lines)
              ELSE X_DIV(f.n_views, r.n_days) END AS per_day,
         CASE WHEN v.sku IS NOT NULL THEN v.n_views * LN(X_DIV(r.n_days, X_DAYS_BETWEEN(r.first_on, v.last_on) + 1))
              WHEN b.n_lines > 1 THEN b.n_lines * LN(X_DIV(X_DAYS_BETWEEN(b.first_on, $window_end) + 1, X_DAYS_BETWEEN(b.first_on, b.last_on) + 1))
              ELSE f.n_views END AS expected,
         CASE WHEN v.sku IS NOT NULL THEN X_DAYS_BETWEEN(v.last_on, $window_end) END AS days_unseen
  FROM held AS h
  CROSS JOIN reach AS r
  CROSS JOIN shop AS s
  CROSS JOIN looks AS k
  LEFT JOIN products AS p ON p.sku = h.sku
  LEFT JOIN few AS f ON f.category = COALESCE(p.category, '')
  LEFT JOIN viewed AS v ON v.sku = h.sku
  LEFT JOIN bought AS b ON b.sku = h.sku
  WHERE h.on_hand >= $min_units
)
SELECT p.sku,
       p.n_lately AS hits,
       CASE WHEN p.n_lately > 0 THEN p.n_lately ELSE p.expected END AS exposure,
       1          AS benchmark,
       -- Only what nobody has seen can be invisible.
       CASE WHEN p.n_lately > 0 THEN 0 END AS "limit",
       p.per_day * $window_days * LEAST(X_DIV(s.n_lines, k.n_views), 1) * GREATEST(COALESCE(p.margin, 0), 0) AS loss,
       p.on_hand,
       p.days_unseen,
       p.per_day * 28 AS views_to_expect_in_28_days,
       LEAST(X_DIV(s.n_lines, k.n_views), 1) AS conversion,
       p.margin  AS cm2_per_line
FROM paced AS p
CROSS JOIN shop AS s
CROSS JOIN looks AS k
WHERE p.expected > 0 OR p.n_lately > 0
