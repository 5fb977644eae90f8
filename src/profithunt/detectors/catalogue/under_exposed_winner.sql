/* ---
code = "SKU13"
number = 13
name = "under_exposed_winner"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "promote_it"
statistic = "share"
window_days = 91
drifts = false
credibility = 0.4
probability = 0.9
needs = ["events.sku", "ledger.cm2"]
[thresholds]
view_kind = "view"
min_views = 10
prior_lines = 1
few_percentile = 0.3
earns_percentile = 0.7
cover_weeks = 4
displaced_percentile = 0.1
sure_of_drop = 3
least_compared = 20
spread = 0.35
[rows]
from = ""
[docs]
why = "Few customers get to see the SKU, and those who do buy: a view of it earns more than the views that other products of its category are given."
value = "Views it lacks × (its profit (CM2) per view − that of the views that would be taken from others: the displaced_percentile of its category). It lacks what parts it from its category's median, or from the views that its former share of the category's sales needs."
known_problems = "What is tested, over all such SKUs, is that a view of it earns more than the earns_percentile of its category; its own conversion is shrunk to the category's by prior_lines. More views bring customers who are less keen than those who searched for it. SKUs with stock for less than cover_weeks are left out; a drop is only believed beyond sure_of_drop standard errors, products being taken to differ by spread (in logarithms), or by what the shop's own do (from least_compared on). Lines of orders without a visit are left out where the shop's orders name visits."
source = "DETECTORS 13; METRICS section 6"
--- */
WITH viewed AS (
  SELECT sku, COUNT(*) AS n_views
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
  SELECT l.sku,
         COALESCE(p.category, '') AS category,
         CASE WHEN l.ordered_on >= r.first_on THEN 1 ELSE 0 END AS is_now,
         l.cm2
  FROM ledger AS l
  CROSS JOIN reach AS r
  CROSS JOIN named AS n
  LEFT JOIN orders AS o ON o.order_id = l.order_id
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -364) AND l.ordered_on <= $window_end
    AND (o.session_id IS NOT NULL OR n.n_orders = 0)
),
sold AS (
  SELECT sku,
         SUM(is_now) AS n_lines,
         SUM(1 - is_now) AS n_before,
         SUM(CASE WHEN is_now = 1 THEN cm2 ELSE 0 END) AS cm2
  FROM lines
  GROUP BY sku
),
by_category AS (
  SELECT category, SUM(is_now) AS n_lines, SUM(1 - is_now) AS n_before,
         X_DIV(SUM(CASE WHEN is_now = 1 THEN cm2 ELSE 0 END), SUM(is_now)) AS margin
  FROM lines
  GROUP BY category
),
shown AS (
  SELECT COALESCE(p.category, '') AS category, SUM(v.n_views) AS n_views
  FROM viewed AS v
  LEFT JOIN products AS p ON p.sku = v.sku
  GROUP BY COALESCE(p.category, '')
),
held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  GROUP BY s.sku
),
priced AS (
  SELECT v.sku,
         COALESCE(p.category, '') AS category,
         v.n_views,
         COALESCE(s.n_lines, 0) AS n_lines,
         X_DIV(COALESCE(s.cm2, 0) + 3 * COALESCE(c.margin, 0), COALESCE(s.n_lines, 0) + 3) AS margin,
         X_DIV(COALESCE(s.cm2, 0), v.n_views) AS per_view,
         X_DIV(COALESCE(s.cm2, 0) + 3 * COALESCE(c.margin, 0), v.n_views + X_DIV(3 * e.n_views, c.n_lines)) AS likely_per_view,
         COALESCE(s.n_before, 0) AS n_before,
         X_DIV(COALESCE(s.n_before, 0) * c.n_lines, c.n_before) AS lines_of_its_share,
         h.on_hand
  FROM viewed AS v
  LEFT JOIN products AS p ON p.sku = v.sku
  LEFT JOIN sold AS s ON s.sku = v.sku
  LEFT JOIN by_category AS c ON c.category = COALESCE(p.category, '')
  LEFT JOIN held AS h ON h.sku = v.sku
  LEFT JOIN shown AS e ON e.category = COALESCE(p.category, '')
),
usual AS (
  SELECT category,
         X_PERCENTILE(n_views, $few_percentile) AS few_views,
         X_PERCENTILE(n_views, 0.5) AS median_views,
         X_PERCENTILE(likely_per_view, $displaced_percentile) AS displaced,
         X_PERCENTILE(likely_per_view, $earns_percentile) AS earns,
         X_DIV(SUM(n_lines), SUM(n_views)) AS conversion
  FROM priced
  GROUP BY category
),
-- How far products leave what their former share makes expect, for whatever reason.
moved AS (
  SELECT COUNT(*) AS n_skus, X_PERCENTILE(lack, 0.5) AS middle, (X_PERCENTILE(lack, 0.84) - X_PERCENTILE(lack, 0.16)) / 2 AS scatter
  FROM (SELECT LN(X_DIV(p.lines_of_its_share, u.conversion * p.n_views)) AS lack
        FROM priced AS p INNER JOIN usual AS u ON u.category = p.category
        WHERE p.n_views >= $min_views AND p.n_before >= $min_views AND u.conversion > 0) AS each
),
lacking AS (
  SELECT p.sku, p.category, p.n_views, p.n_lines, p.n_before, p.margin, p.per_view, p.on_hand, p.lines_of_its_share,
         u.displaced, u.earns, u.conversion,
         CASE WHEN p.n_views <= u.few_views AND p.per_view >= u.earns THEN u.median_views - p.n_views ELSE 0 END AS below_median,
         CASE WHEN LN(X_DIV(p.lines_of_its_share, u.conversion * p.n_views))
                   - CASE WHEN m.n_skus >= $least_compared THEN GREATEST(m.middle, 0) ELSE 0 END
                   > $sure_of_drop * CASE WHEN m.n_skus >= $least_compared AND m.scatter > SQRT(X_DIV(1, p.n_before) + X_DIV(1, p.n_views) + $spread * $spread)
                                          THEN m.scatter ELSE SQRT(X_DIV(1, p.n_before) + X_DIV(1, p.n_views) + $spread * $spread) END
              THEN X_DIV(p.lines_of_its_share, u.conversion) - p.n_views ELSE 0 END AS below_former
  FROM priced AS p
  INNER JOIN usual AS u ON u.category = p.category
  CROSS JOIN moved AS m
  WHERE p.n_views >= $min_views AND p.margin > 0 AND u.conversion > 0
),
wanted AS (
  SELECT l.sku, l.category, l.n_views, l.n_lines, l.margin, l.per_view, l.on_hand, l.lines_of_its_share, l.displaced, l.conversion,
         CASE WHEN l.below_former > 0 THEN NULL ELSE l.earns END AS least_per_view,
         GREATEST(l.below_median, l.below_former) AS views_lacking,
         -- Where its former sales speak, they count beside today's, at the views that the category's conversion needs for them.
         CASE WHEN l.below_former > 0 THEN l.n_lines + l.n_before ELSE l.n_lines END AS lines_seen,
         CASE WHEN l.below_former > 0 THEN l.n_views + X_DIV(l.n_before, l.conversion) ELSE l.n_views END AS views_seen
  FROM lacking AS l
  CROSS JOIN reach AS r
  WHERE l.on_hand IS NULL OR l.on_hand >= $cover_weeks * 7 * X_DIV(l.n_lines, r.n_days)
)
SELECT w.sku,
       w.category AS peers,
       LEAST(w.lines_seen, w.views_seen) AS hits,
       w.views_seen AS trials,
       -- Among many SKUs that are seldom seen, some convert well by chance: what is tested is that it earns what few do.
       LEAST(GREATEST(COALESCE(X_DIV(COALESCE(w.least_per_view, w.displaced), w.margin), 0), 0), 1) AS benchmark,
       w.views_lacking * X_DIV($window_days, r.n_days)
         * GREATEST(w.margin * LEAST(X_DIV(w.lines_seen + $prior_lines, w.views_seen + X_DIV($prior_lines, w.conversion)), 1)
                    - GREATEST(COALESCE(w.displaced, 0), 0), 0) AS loss,
       w.n_views      AS views,
       w.n_lines      AS order_lines,
       w.views_lacking,
       w.per_view     AS cm2_per_view,
       w.displaced    AS cm2_per_view_displaced,
       w.lines_of_its_share AS order_lines_at_its_former_share,
       w.on_hand
FROM wanted AS w
CROSS JOIN reach AS r
WHERE w.views_lacking > 0
