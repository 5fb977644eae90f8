/* ---
code = "PROM44"
number = 44
name = "promotion_that_adds_nothing"
level = "promotion"
entity = ["promo_id"]
owner = "marketing"
reversible = true
action = "stop_it_or_run_it_with_a_held_out_group"
statistic = "count"
direction = "low"
window_days = 182
drifts = false
credibility = 0.6
needs = ["ledger.promotion", "order_lines.promo_id | orders.promo_id", "products.category"]
[thresholds]
reached_share = 0.2
longest_days = 60
days_around = 28
min_units = 20
[rows]
where = "in_window AND promo_id IS NOT NULL"
order_by = "promotion"
[docs]
why = "What was promoted sold no better than it would have without: the discount went to customers who were buying anyway."
value = "Discount that the shop paid − profit (CM2 before the discount) of the units sold beyond what the same categories sell in the weeks around it, corrected by how all other categories moved at the same time; spread over the window and scaled to 28 days."
known_problems = "Observational: without a held-out group a promotion set for weeks that would have been weak looks useless, and one set for good weeks useful. Sales brought forward from the weeks after make it look better than it is. Promotions without an end, and those that hardly reach any category, are not judged. `profithunt proposition promotions` holds them against customers held back too, by kind of customer, with what is missing afterwards."
source = "METRICS section 7; Blattberg and Neslin (1990), Sales Promotion"
--- */
WITH sold AS (
  SELECT l.promo_id, l.ordered_on, p.category,
         SUM(CAST(l.units AS DOUBLE)) AS units,
         SUM(CAST(l.cm2 AS DOUBLE))   AS cm2,
         -- What comes back is paid back at the lower price: the discount on it was not lost.
         SUM(-CAST(l.promotion + l.funding AS DOUBLE) * (1 - COALESCE(X_DIV(l.units_returned, l.units), 0))) AS discount
  FROM ledger AS l
  INNER JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0 AND p.category IS NOT NULL AND l.ordered_on <= $window_end
    AND l.ordered_on > X_ADD_DAYS($window_start, -CAST($days_around AS INT))
  GROUP BY l.promo_id, l.ordered_on, p.category
),
days AS (
  SELECT category, ordered_on, SUM(units) AS units, SUM(cm2 + discount) AS full_cm2
  FROM sold
  GROUP BY category, ordered_on
),
seen AS (
  SELECT promo_id, MIN(ordered_on) AS first_on, MAX(ordered_on) AS last_on FROM sold WHERE promo_id IS NOT NULL GROUP BY promo_id
),
runs AS (
  SELECT s.promo_id,
         COALESCE(X_DAY(p.starts_at), s.first_on) AS first_on,
         LEAST(COALESCE(X_DAY(p.ends_at), s.last_on), $window_end) AS last_on
  FROM seen AS s
  LEFT JOIN promotions AS p ON p.promo_id = s.promo_id
),
judged AS (
  SELECT promo_id, first_on, last_on
  FROM runs
  WHERE first_on > $window_start AND last_on >= first_on AND X_DAYS_BETWEEN(first_on, last_on) < $longest_days
),
-- Categories that it reaches: where a good part of what is sold meanwhile is sold under it.
reached AS (
  SELECT j.promo_id, j.first_on, j.last_on, s.category,
         SUM(CASE WHEN s.promo_id = j.promo_id THEN s.units ELSE 0 END)    AS promo_units,
         SUM(CASE WHEN s.promo_id = j.promo_id THEN s.discount ELSE 0 END) AS discount,
         SUM(s.units) AS units
  FROM judged AS j
  INNER JOIN sold AS s ON s.ordered_on >= j.first_on AND s.ordered_on <= j.last_on
  GROUP BY j.promo_id, j.first_on, j.last_on, s.category
  HAVING SUM(CASE WHEN s.promo_id = j.promo_id THEN s.units ELSE 0 END) >= $reached_share * SUM(s.units)
),
scopes AS (
  SELECT promo_id, MIN(first_on) AS first_on, MAX(last_on) AS last_on, SUM(discount) AS discount, SUM(units) AS units,
         SUM(promo_units) AS promo_units, COUNT(*) AS n_categories, MIN(category) AS category
  FROM reached
  GROUP BY promo_id
),
-- Days of the weeks around on which another promotion reached the category are no measure of what it sells without.
other_runs AS (
  SELECT promo_id, category, first_on, last_on FROM reached
),
around AS (
  SELECT r.promo_id, d.category, d.ordered_on, d.units, d.full_cm2
  FROM reached AS r
  INNER JOIN days AS d ON d.category = r.category
    AND d.ordered_on >= X_ADD_DAYS(r.first_on, -CAST($days_around AS INT)) AND d.ordered_on < X_ADD_DAYS(r.last_on, 1 + CAST($days_around AS INT))
    AND (d.ordered_on < r.first_on OR d.ordered_on > r.last_on)
  LEFT JOIN other_runs AS o ON o.category = d.category AND o.promo_id <> r.promo_id
    AND d.ordered_on >= o.first_on AND d.ordered_on <= o.last_on
  WHERE o.promo_id IS NULL
  GROUP BY r.promo_id, d.category, d.ordered_on, d.units, d.full_cm2
),
before_after AS (
  SELECT a.promo_id, COUNT(DISTINCT a.ordered_on) AS n_days, SUM(a.units) AS units, SUM(a.full_cm2) AS full_cm2
  FROM around AS a
  GROUP BY a.promo_id
),
-- The other categories over the same days, in and around.
others AS (
  SELECT s.promo_id,
         SUM(CASE WHEN d.ordered_on >= s.first_on AND d.ordered_on <= s.last_on THEN d.units ELSE 0 END) AS units_in,
         SUM(CASE WHEN d.ordered_on >= s.first_on AND d.ordered_on <= s.last_on THEN 0 ELSE d.units END) AS units_around
  FROM scopes AS s
  INNER JOIN days AS d
    ON d.ordered_on >= X_ADD_DAYS(s.first_on, -CAST($days_around AS INT)) AND d.ordered_on < X_ADD_DAYS(s.last_on, 1 + CAST($days_around AS INT))
  LEFT JOIN reached AS r ON r.promo_id = s.promo_id AND r.category = d.category
  LEFT JOIN (SELECT promo_id, ordered_on FROM around GROUP BY promo_id, ordered_on) AS a
    ON a.promo_id = s.promo_id AND a.ordered_on = d.ordered_on
  WHERE r.category IS NULL AND (a.ordered_on IS NOT NULL OR (d.ordered_on >= s.first_on AND d.ordered_on <= s.last_on))
  GROUP BY s.promo_id
),
expected AS (
  SELECT s.promo_id, s.first_on, s.last_on, s.discount, s.units, s.promo_units, s.category, s.n_categories,
         X_DIV(b.full_cm2, b.units) AS unit_cm2,
         X_DIV(b.units, b.n_days) * (X_DAYS_BETWEEN(s.first_on, s.last_on) + 1)
           * COALESCE(X_DIV(o.units_in, o.units_around) * X_DIV(b.n_days, X_DAYS_BETWEEN(s.first_on, s.last_on) + 1), 1) AS units_without,
         b.n_days
  FROM scopes AS s
  INNER JOIN before_after AS b ON b.promo_id = s.promo_id
  LEFT JOIN others AS o ON o.promo_id = s.promo_id
)
SELECT promo_id,
       units AS hits,
       -- A lower price drives nobody away: where less was sold than expected, it would have been less without it too.
       LEAST(units_without, units) AS exposure,
       -- The lift at which it breaks even.
       1 + X_DIV(discount, unit_cm2 * LEAST(units_without, units)) AS benchmark,
       unit_cm2      AS unit_loss,
       category,
       n_categories  AS categories_reached,
       first_on,
       last_on,
       discount      AS discount_paid,
       promo_units   AS units_under_it,
       units         AS units_sold_meanwhile,
       units_without AS units_to_expect_without,
       X_DIV(units, units_without) AS lift,
       n_days        AS days_held_against
FROM expected
WHERE unit_cm2 > 0 AND discount > 0 AND units >= $min_units AND units_without > 0 AND n_days >= 7
