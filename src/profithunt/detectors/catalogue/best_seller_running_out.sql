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
credibility = 0.8
needs = ["stock.on_hand", "products.lead_time_days"]
[thresholds]
pace_days = 56
seller_percentile = 0.8
holding_share = 0.02
[rows]
from = ""
[docs]
why = "A best-seller's stock, with what is on order, will not last until a new order can arrive."
value = "Units that can't be sold in the next 28 days (pace × days between running out and the arrival of an order placed today) × profit (CM2) of a unit, less holding_share of the cost of the units to order."
known_problems = "A season that ends soon needs no new order; what is on order is taken to arrive in time."
source = "METRICS section 6"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand, SUM(COALESCE(s.on_order, 0)) AS on_order
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  GROUP BY s.sku
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
covered AS (
  SELECT h.sku,
         h.on_hand,
         h.on_order,
         s.pace,
         s.n_lines,
         s.margin,
         s.unit_cost,
         p.lead_time_days,
         X_DIV(h.on_hand + h.on_order, s.pace) AS cover_days,
         GREATEST(LEAST(p.lead_time_days, $horizon_days) - X_DIV(h.on_hand + h.on_order, s.pace), 0) * s.pace AS lost_units
  FROM held AS h
  INNER JOIN sold AS s ON s.sku = h.sku
  INNER JOIN products AS p ON p.sku = h.sku
  CROSS JOIN best AS b
  WHERE s.pace > b.pace AND s.margin > 0 AND p.lead_time_days > 0
)
SELECT sku,
       lost_units * (margin - $holding_share * COALESCE(unit_cost, 0)) AS loss,
       n_lines AS n,
       lost_units * margin * lost_units * margin / n_lines AS loss_sq,
       on_hand,
       on_order,
       pace * 28   AS units_in_28_days,
       cover_days,
       lead_time_days,
       lost_units,
       margin      AS cm2_per_unit
FROM covered
WHERE cover_days < lead_time_days AND lost_units > 0
