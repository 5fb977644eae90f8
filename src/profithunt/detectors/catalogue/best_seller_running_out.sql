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
covered AS (
  SELECT h.sku,
         h.on_hand,
         h.on_order,
         s.pace,
         s.n_lines,
         s.margin,
         s.unit_cost,
         p.lead_time_days,
         -- What lies in stores serves who comes there: who orders is served from the rest, where there is any.
         CASE WHEN h.n_warehouses > 0 AND s.pace > COALESCE(c.pace, 0)
              THEN LEAST(X_DIV(h.for_orders, s.pace - COALESCE(c.pace, 0)), X_DIV(h.on_hand + h.on_order, s.pace))
              ELSE X_DIV(h.on_hand + h.on_order, s.pace) END AS cover_days,
         GREATEST(LEAST(p.lead_time_days, $horizon_days) * s.pace - h.on_hand - h.on_order,
                  CASE WHEN h.n_warehouses > 0
                       THEN LEAST(p.lead_time_days, $horizon_days) * (s.pace - COALESCE(c.pace, 0)) - h.for_orders ELSE 0 END, 0) AS lost_units
  FROM held AS h
  LEFT JOIN over_the_counter AS c ON c.sku = h.sku
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
