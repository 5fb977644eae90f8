/* ---
what = "Stock against what the world will ask for: goods left over when their season ends (18), more goods than three months will sell (11), best-sellers that will be gone before more can come (17). Planted and by itself."
grain = ["number", "sku_no"]
[columns]
number = "int | detector of the catalogue that it belongs to"
detector = "text | its name"
sku_no = "int | SKU"
sku = "text | its code"
problem = "text | what was planted on it; null where it arose by itself"
units = "rate | units left over, or not to be had"
money_28 = "money | what they cost over the 28 days after the last one"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand, SUM(CASE WHEN p.kind = 'warehouse' THEN s.on_hand + s.on_order ELSE 0 END) AS to_send
  FROM counted_stock AS s
  INNER JOIN places AS p ON p.store_id = s.place_id
  WHERE s.counted_on = X_ADD_DAYS($starts_on, CAST($n_days - 1 AS INT))
  GROUP BY s.sku
),
known AS (
  SELECT k.sku_no, k.sku, k.cost,
         -- What a unit that is not sold would have brought: fees and picking, parcels shared with the rest of its basket, returns.
         (0.975 * k.price - k.cost) * (1 - k.returned) - k.returned * (4.55 + 0.07 * k.cost) - 2.5 AS brought,
         LEAST(k.lead_time_days, 28) AS lead_days, h.on_hand, h.to_send,
         CASE WHEN l.lever = 'overbought' THEN LEAST(COALESCE(k.ends_no, 99999), $n_days + 50) ELSE k.ends_no END - $n_days + 1 AS days_left,
         l.lever, l.problem
  FROM skus AS k
  INNER JOIN held AS h ON h.sku = k.sku
  LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = k.sku_no
  WHERE l.lever IS NULL OR l.lever NOT IN ('out_of_stock', 'broken_size', 'hidden', 'invisible', 'dull_page', 'overpriced', 'undercut', 'pushed', 'store_short')
),
found AS (
  SELECT 18 AS number, 'excess_stock' AS detector, k.sku_no, k.sku, CASE WHEN k.lever = 'overbought' THEN k.problem END AS problem,
         k.on_hand - d.units AS units,
         k.cost * 0.7 * LEAST(X_DIV(28, k.days_left), 1) AS unit_money
  FROM known AS k
  INNER JOIN demand AS d ON d.sku_no = k.sku_no AND d.ahead = LEAST(k.days_left, 240)
  WHERE k.days_left >= 1
  UNION ALL
  SELECT 11, 'overstock_meets_buyer', k.sku_no, k.sku, CASE WHEN k.lever = 'overbought_liked' THEN k.problem END,
         k.on_hand - d.units, k.cost * 0.7 * 28 / 364.0
  FROM known AS k
  INNER JOIN demand AS d ON d.sku_no = k.sku_no AND d.ahead = 91
  UNION ALL
  SELECT 17, 'best_seller_running_out', k.sku_no, k.sku, CASE WHEN k.lever = 'running_out' THEN k.problem END,
         -- What lies in stores is sold there; the rest is sent.
         (1 - $store_share) * d.units - k.to_send, k.brought
  FROM known AS k
  INNER JOIN demand AS d ON d.sku_no = k.sku_no AND d.ahead = k.lead_days
)
SELECT number, detector, sku_no, sku, problem, units, GREATEST(units, 0) * GREATEST(unit_money, 0) AS money_28 FROM found
