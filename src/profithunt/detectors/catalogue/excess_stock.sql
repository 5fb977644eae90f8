/* ---
code = "SKU18"
number = 18
name = "excess_stock"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "start_markdown_ladder"
effort = 2
statistic = "sum"
window_days = 28
seasonal = false
credibility = 0.7
needs = ["stock.on_hand", "products.season_ends_on", "stock.unit_cost | products.unit_cost"]
[thresholds]
pace_days = 56
salvage_share = 0.3
trusted_units = 100
min_units = 10
[rows]
from = ""
[docs]
why = "More of the SKU is in stock than its pace will sell before the season ends; what is left then goes for a fraction of its cost."
value = "Units left at the end of the season × cost × (1 − salvage_share), the part of it that falls into the next 28 days by days of the season left. What will be sold is the pace of the last pace_days × how the same days of the year before compared with the weeks before them in its category, as far as enough was sold then (trusted_units)."
known_problems = "`profithunt proposition markdowns` works out the ladder of each SKU, and where none pays. Goods that are sold next season too; a first season has no year before. salvage_share is assumed until the shop sets its own."
source = "METRICS section 6"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand, MAX(s.unit_cost) AS unit_cost
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  GROUP BY s.sku
),
sold AS (
  SELECT sku, X_DIV(SUM(units), $pace_days) AS pace, COUNT(*) AS n_lines
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND ordered_on <= $window_end
  GROUP BY sku
),
weeks AS (
  SELECT COALESCE(p.category, '') AS category,
         FLOOR((X_DAYS_BETWEEN(X_ADD_DAYS($window_end, -364), l.ordered_on) + 6) / 7) AS week,
         SUM(CAST(l.units AS DOUBLE)) AS units
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0
    AND l.ordered_on > X_ADD_DAYS($window_end, -364 - CAST($pace_days AS INT)) AND l.ordered_on <= $window_end
  GROUP BY COALESCE(p.category, ''), FLOOR((X_DAYS_BETWEEN(X_ADD_DAYS($window_end, -364), l.ordered_on) + 6) / 7)
),
-- The same days of the year before: weeks 1 and on are those ahead, week 0 and before those that the pace is of.
year_ago AS (
  SELECT a.category, a.week, a.units, b.units AS units_before
  FROM (SELECT category, week, SUM(units) OVER (PARTITION BY category ORDER BY week) AS units FROM weeks WHERE week >= 1) AS a
  INNER JOIN (SELECT category, SUM(units) AS units FROM weeks WHERE week <= 0 GROUP BY category) AS b ON b.category = a.category
),
seasons AS (
  SELECT h.sku, h.on_hand, COALESCE(h.unit_cost, p.unit_cost) AS unit_cost,
         COALESCE(s.pace, 0) AS pace,
         COALESCE(s.n_lines, 0) AS n_lines,
         X_DAYS_BETWEEN($window_end, p.season_ends_on) AS days_left,
         COALESCE(POWER(X_DIV(y.units * $pace_days, y.units_before * 7 * y.week),
                        X_DIV(LEAST(y.units, y.units_before), LEAST(y.units, y.units_before) + $trusted_units)), 1) AS season_ahead
  FROM held AS h
  INNER JOIN products AS p ON p.sku = h.sku
  LEFT JOIN sold AS s ON s.sku = h.sku
  LEFT JOIN year_ago AS y ON y.category = COALESCE(p.category, '')
    AND y.week = LEAST(FLOOR((X_DAYS_BETWEEN($window_end, p.season_ends_on) + 6) / 7), 52)
  WHERE p.season_ends_on > $window_end AND COALESCE(h.unit_cost, p.unit_cost) > 0
),
left_over AS (
  SELECT sku, on_hand, unit_cost, pace, n_lines, days_left, season_ahead,
         on_hand - pace * season_ahead * days_left AS excess,
         -- What chance makes of the pace: a unit more or less than the lines that it rests on.
         season_ahead * days_left * X_DIV(SQRT(n_lines + 1), $pace_days) * GREATEST(COALESCE(X_DIV(pace * $pace_days, n_lines), 1), 1) AS unsure
  FROM seasons
)
SELECT sku,
       excess * unit_cost * (1 - $salvage_share) * LEAST(X_DIV($horizon_days, days_left), 1) AS loss,
       n_lines + 1 AS n,
       POWER(LEAST(unsure, excess) * unit_cost * (1 - $salvage_share) * LEAST(X_DIV($horizon_days, days_left), 1), 2) AS loss_sq,
       on_hand,
       pace * 28 AS units_in_28_days,
       season_ahead,
       days_left AS days_of_season_left,
       excess    AS units_left_over,
       unit_cost,
       0.5       AS assumed_share
FROM left_over
WHERE excess >= $min_units
