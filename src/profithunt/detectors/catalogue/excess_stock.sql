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
credibility = 0.7
needs = ["stock.on_hand", "products.season_ends_on", "stock.unit_cost | products.unit_cost"]
[thresholds]
pace_days = 56
salvage_share = 0.3
min_units = 10
[rows]
from = ""
[docs]
why = "More of the SKU is in stock than its pace will sell before the season ends; what is left then goes for a fraction of its cost."
value = "Units left at the end of the season × cost × (1 − salvage_share), the part of it that falls into the next 28 days by days of the season left."
known_problems = "Goods that are sold next season too; pace before the season has begun. salvage_share is assumed until the shop sets its own."
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
left_over AS (
  SELECT h.sku,
         h.on_hand,
         COALESCE(s.pace, 0) AS pace,
         COALESCE(s.n_lines, 1) AS n_lines,
         X_DAYS_BETWEEN($window_end, p.season_ends_on) AS days_left,
         h.on_hand - COALESCE(s.pace, 0) * X_DAYS_BETWEEN($window_end, p.season_ends_on) AS excess,
         COALESCE(h.unit_cost, p.unit_cost) AS unit_cost
  FROM held AS h
  INNER JOIN products AS p ON p.sku = h.sku
  LEFT JOIN sold AS s ON s.sku = h.sku
  WHERE p.season_ends_on > $window_end AND COALESCE(h.unit_cost, p.unit_cost) > 0
)
SELECT sku,
       excess * unit_cost * (1 - $salvage_share) * LEAST(X_DIV($horizon_days, days_left), 1) AS loss,
       n_lines AS n,
       X_DIV(excess * unit_cost * (1 - $salvage_share) * LEAST(X_DIV($horizon_days, days_left), 1)
             * excess * unit_cost * (1 - $salvage_share) * LEAST(X_DIV($horizon_days, days_left), 1), n_lines) AS loss_sq,
       on_hand,
       pace * 28 AS units_in_28_days,
       days_left AS days_of_season_left,
       excess    AS units_left_over,
       unit_cost,
       0.5       AS assumed_share
FROM left_over
WHERE excess >= $min_units
