/* ---
code = "SKU17"
number = 17
name = "best_seller_running_out"
level = "sku"
entity = ["sku"]
owner = "buying"
reversible = false
action = "place_purchase_order"
effort = 2
statistic = "sum"
window_days = 28
seasonal = false
credibility = 0.8
needs = ["stock.on_hand", "products.lead_time_days"]
[thresholds]
pace_days = 56
seller_percentile = 0.8
trusted_units = 100
holding_share = 0.02
[rows]
from = ""
[docs]
why = "A best-seller's stock, with what is on order, will not last until a new order can arrive."
value = "Units that can't be sold in the next 28 days (pace × season_ahead × days between running out and the arrival of an order placed today) × profit (CM2) of a unit, less holding_share of the cost of the units to order. season_ahead is how the same days of the year before compared with the weeks before them in its category, as far as enough was sold then (trusted_units)."
known_problems = "Stock in stores counts for what is sold there, not for what is ordered. A season that ends soon needs no new order; what is on order is taken to arrive in time."
source = "METRICS section 6"
--- */
WITH shelves AS (
  SELECT s.sku, s.place_id, s.on_hand, COALESCE(s.on_order, 0) AS on_order, CASE WHEN p.kind = 'store' THEN 1 ELSE 0 END AS is_store
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  LEFT JOIN stores AS p ON p.store_id = s.place_id
),
held AS (
  SELECT sku, SUM(on_hand) AS on_hand, SUM(on_order) AS on_order,
         SUM(CASE WHEN is_store = 0 THEN on_hand + on_order ELSE 0 END) AS for_orders,
         SUM(1 - is_store) AS n_warehouses
  FROM shelves
  GROUP BY sku
),
-- Units sold by stores with shelves of their own, which those who order do not empty.
over_the_counter AS (
  SELECT l.sku, X_DIV(SUM(l.units), $pace_days) AS pace
  FROM ledger AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  INNER JOIN (SELECT sku, place_id FROM shelves WHERE is_store = 1 GROUP BY sku, place_id) AS s ON s.sku = l.sku AND s.place_id = o.store_id
  WHERE l.entry = 'line' AND l.units > 0 AND l.ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND l.ordered_on <= $window_end
  GROUP BY l.sku
),
sold AS (
  SELECT sku,
         X_DIV(SUM(units), $pace_days) AS pace,
         COUNT(*) AS n_lines,
         X_DIV(SUM(cm2), SUM(units))   AS margin,
         X_DIV(-SUM(cogs), SUM(units)) AS unit_cost
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND ordered_on <= $window_end
  GROUP BY sku
),
best AS (
  SELECT X_PERCENTILE(pace, $seller_percentile) AS pace FROM sold
),
weeks AS (
  SELECT COALESCE(p.category, '') AS category,
         FLOOR((X_DAYS_BETWEEN(X_ADD_DAYS($window_end, -364), l.ordered_on) + 6) / 7) AS week,
         SUM(CAST(l.units AS DOUBLE)) AS units
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0
    AND l.ordered_on > X_ADD_DAYS($window_end, -364 - CAST($pace_days AS INT)) AND l.ordered_on <= X_ADD_DAYS($window_end, CAST($horizon_days AS INT) - 364)
  GROUP BY COALESCE(p.category, ''), FLOOR((X_DAYS_BETWEEN(X_ADD_DAYS($window_end, -364), l.ordered_on) + 6) / 7)
),
-- The same days of the year before: weeks 1 and on are those ahead, week 0 and before those that the pace is of.
year_ago AS (
  SELECT a.category, a.week, a.units, b.units AS units_before
  FROM (SELECT category, week, SUM(units) OVER (PARTITION BY category ORDER BY week) AS units FROM weeks WHERE week >= 1) AS a
  INNER JOIN (SELECT category, SUM(units) AS units FROM weeks WHERE week <= 0 GROUP BY category) AS b ON b.category = a.category
),
ahead AS (
  SELECT h.sku, h.on_hand, h.on_order, h.for_orders, h.n_warehouses, s.n_lines, s.margin, s.unit_cost, p.lead_time_days,
         COALESCE(POWER(X_DIV(y.units * $pace_days, y.units_before * 7 * y.week),
                        X_DIV(LEAST(y.units, y.units_before), LEAST(y.units, y.units_before) + $trusted_units)), 1) AS season_ahead,
         s.pace AS pace_before,
         COALESCE(c.pace, 0) AS counter_pace_before
  FROM held AS h
  INNER JOIN sold AS s ON s.sku = h.sku
  INNER JOIN products AS p ON p.sku = h.sku
  CROSS JOIN best AS b
  LEFT JOIN over_the_counter AS c ON c.sku = h.sku
  LEFT JOIN year_ago AS y ON y.category = COALESCE(p.category, '')
    AND y.week = FLOOR((LEAST(p.lead_time_days, $horizon_days) + 6) / 7)
  WHERE s.pace > b.pace AND s.margin > 0 AND p.lead_time_days > 0
),
paced AS (
  SELECT sku, on_hand, on_order, for_orders, n_warehouses, n_lines, margin, unit_cost, lead_time_days, season_ahead,
         pace_before * season_ahead AS pace,
         counter_pace_before * season_ahead AS counter_pace
  FROM ahead
),
covered AS (
  SELECT sku, on_hand, on_order, pace, n_lines, margin, unit_cost, lead_time_days, season_ahead,
         -- What lies in stores serves who comes there: who orders is served from the rest, where there is any.
         CASE WHEN n_warehouses > 0 AND pace > counter_pace
              THEN LEAST(X_DIV(for_orders, pace - counter_pace), X_DIV(on_hand + on_order, pace))
              ELSE X_DIV(on_hand + on_order, pace) END AS cover_days,
         GREATEST(LEAST(lead_time_days, $horizon_days) * pace - on_hand - on_order,
                  CASE WHEN n_warehouses > 0
                       THEN LEAST(lead_time_days, $horizon_days) * (pace - counter_pace) - for_orders ELSE 0 END, 0) AS lost_units,
         -- What chance makes of the pace over the days to come.
         X_DIV(LEAST(lead_time_days, $horizon_days) * pace, SQRT(n_lines)) AS unsure
  FROM paced
)
SELECT sku,
       lost_units * (margin - $holding_share * COALESCE(unit_cost, 0)) AS loss,
       n_lines AS n,
       POWER(LEAST(unsure, lost_units) * margin, 2) AS loss_sq,
       on_hand,
       on_order,
       pace * 28   AS units_in_28_days,
       season_ahead,
       cover_days,
       lead_time_days,
       lost_units,
       margin      AS cm2_per_unit
FROM covered
WHERE cover_days < lead_time_days AND lost_units > 0
