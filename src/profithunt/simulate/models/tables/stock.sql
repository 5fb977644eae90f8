/* ---
what = "stock"
grain = ["counted_on", "sku", "place_id"]
[columns]
counted_on = "date | day"
sku = "text | SKU"
place_id = "text | place"
on_hand = "quantity | units"
on_order = "quantity | units on order"
unit_cost = "money | value of a unit"
--- */
WITH sold AS (
  SELECT sku_no, day_no, SUM(units) AS units FROM sold_days GROUP BY sku_no, day_no
),
paces AS (
  SELECT sku_no, X_DIV(SUM(units), 56) AS pace FROM sold WHERE day_no >= $n_days - 56 GROUP BY sku_no
),
grid AS (
  SELECT k.sku_no, k.sku, d.day_no, d.day, k.cost, k.cycle_days, k.lead_time_days, k.ends_no,
         FLOOR((d.day_no + X_DRAW(21, 'stock.phase', k.sku_no)) / k.cycle_days) AS cycle_no,
         COALESCE(s.units, 0) AS units,
         COALESCE(p.pace, 0) AS pace
  FROM skus AS k
  INNER JOIN days AS d ON d.day_no >= k.launched_no
  LEFT JOIN sold AS s ON s.sku_no = k.sku_no AND s.day_no = d.day_no
  LEFT JOIN paces AS p ON p.sku_no = k.sku_no
),
counted AS (
  SELECT sku_no, sku, day_no, day, cost, lead_time_days, ends_no, pace, cycle_days,
         SUM(units) OVER (PARTITION BY sku_no, cycle_no ORDER BY day_no DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - units AS rest,
         -- Goods whose season ends within months are not bought again, nor put on every shelf.
         GREATEST(FLOOR(CASE WHEN ends_no < $n_days + 200 THEN 0.25 ELSE 1 END
               * ((0.6 + 0.8 * X_UNIFORM('stock.safety', sku_no)) * pace * (10 + LEAST(lead_time_days, 28)) + 2 + X_DRAW(5, 'stock.least', sku_no))), 2) AS safety,
         cycle_no, MAX(cycle_no) OVER (PARTITION BY sku_no) AS last_cycle
  FROM grid
),
held AS (
  SELECT c.sku_no, c.sku, c.day_no, c.day, c.cost, c.pace,
         CASE
           WHEN l.lever IN ('out_of_stock', 'broken_size') OR e.sku_no IS NOT NULL THEN 0
           WHEN l.lever = 'running_out' THEN c.rest + FLOOR(c.pace * c.lead_time_days * (1 - l.strength))
           WHEN l.lever IN ('overbought', 'overbought_liked') THEN c.rest + c.safety
                + FLOOR(c.pace * l.strength * 28)
           ELSE c.rest + c.safety + CASE WHEN c.cycle_no = c.last_cycle THEN FLOOR(c.pace * MOD($n_days, c.cycle_days)) ELSE 0 END
         END AS on_hand,
         CASE WHEN l.lever IN ('running_out', 'overbought', 'overbought_liked') OR e.sku_no IS NOT NULL THEN 0
              WHEN X_UNIFORM('stock.order', c.sku_no, c.cycle_no) < 0.5 OR c.cycle_no = c.last_cycle
                THEN FLOOR(c.pace * (c.cycle_days + 0.5 * c.lead_time_days)) ELSE 0 END AS on_order
  FROM counted AS c
  LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = c.sku_no AND c.day_no >= l.starts_no AND c.day_no <= l.ends_no
  LEFT JOIN dead_ends AS e ON e.sku_no = c.sku_no AND c.day_no >= e.starts_no AND c.day_no <= e.ends_no
  WHERE (c.day_no >= $n_days - $stock_days OR MOD(c.day_no, 7) = MOD($n_days - 1, 7)) AND (c.ends_no IS NULL OR c.ends_no >= c.day_no)
),
stored AS (
  SELECT k.sku_no, k.sku, d.day_no, d.day, k.cost, p.place_no,
         CASE WHEN l.lever = 'store_short' AND X_DRAW(2, 'store.short', k.sku_no, p.place_no) = 0 THEN 0
              WHEN l.lever = 'store_short' THEN 20 + X_DRAW(10, 'store.long', k.sku_no, p.place_no)
              WHEN k.ends_no < $n_days + 200 THEN 1
              ELSE 1 + X_DRAW(5, 'store.stock', k.sku_no, p.place_no) + X_DRAW(3, 'store.stock.day', k.sku_no * 32 + p.place_no, d.day_no) END AS on_hand
  FROM skus AS k
  INNER JOIN places AS p ON p.kind = 'store'
    AND (X_UNIFORM('store.range', k.style_no, p.place_no) < CASE WHEN k.ends_no < $n_days + 200 THEN 0.1 ELSE 0.3 END OR k.sku_no IN (SELECT member_no FROM levers WHERE lever = 'store_short'))
  INNER JOIN days AS d ON d.day_no >= k.launched_no AND d.day_no >= $n_days - $stock_days AND MOD(d.day_no, 7) = MOD($n_days - 1, 7)
  LEFT JOIN levers AS l ON l.family = 'sku' AND l.lever = 'store_short' AND l.member_no = k.sku_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  LEFT JOIN levers AS o ON o.family = 'sku' AND o.lever IN ('out_of_stock', 'broken_size') AND o.member_no = k.sku_no AND d.day_no >= o.starts_no AND d.day_no <= o.ends_no
  LEFT JOIN dead_ends AS e ON e.sku_no = k.sku_no AND d.day_no >= e.starts_no AND d.day_no <= e.ends_no
  WHERE o.problem IS NULL AND e.problem IS NULL AND (k.ends_no IS NULL OR k.ends_no >= d.day_no)
)
SELECT h.day AS counted_on, h.sku, w.store_id AS place_id,
       CASE w.place_no WHEN 0 THEN h.on_hand - FLOOR(0.3 * h.on_hand) ELSE FLOOR(0.3 * h.on_hand) END AS on_hand,
       CASE w.place_no WHEN 0 THEN h.on_order ELSE 0 END AS on_order,
       CASE WHEN n.problem IS NULL THEN h.cost END AS unit_cost
FROM held AS h
INNER JOIN places AS w ON w.kind = 'warehouse'
LEFT JOIN levers AS n ON n.family = 'sku' AND n.lever = 'no_cost' AND n.member_no = h.sku_no
UNION ALL
SELECT s.day, s.sku, p.store_id, s.on_hand, 0, CASE WHEN n.problem IS NULL THEN s.cost END
FROM stored AS s
INNER JOIN places AS p ON p.place_no = s.place_no
LEFT JOIN levers AS n ON n.family = 'sku' AND n.lever = 'no_cost' AND n.member_no = s.sku_no
