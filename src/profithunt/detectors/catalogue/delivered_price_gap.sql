/* ---
code = "SKU52"
number = 52
name = "delivered_price_gap"
level = "sku"
entity = ["sku"]
owner = "pricing"
reversible = true
action = "reprice_or_show_the_comparison"
statistic = "sum"
window_days = 91
credibility = 0.5
needs = ["competitor_prices.price", "competitor_prices.shipping | competitor_prices.delivery_days", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
recent_days = 28
history_days = 364
least_gap = 0.08
day_worth = 0.005
late_worth = 0.05
elasticity = -2.6
elasticity_sd = 0.8
dispersion = 2.0
[rows]
where = "in_window"
order_by = "net_sales"
[docs]
why = "A competitor delivers the SKU for less, everything counted: price, delivery charge, days of waiting and the chance that it comes late."
value = "Units × (profit (CM2) of a unit at the lower price × (delivered-price ratio)^elasticity − profit of a unit today), the price lowered until the delivered prices meet, or half of the way, whichever gain is surer."
known_problems = "A day of waiting is held to be worth day_worth of the price, a late parcel late_worth: both are assumed. The elasticity is a prior until the gap has moved: then what the SKU's units did, held against its category, counts as much as it is sure. Where a lower price can't pay, nothing is shown, though sales go to the competitor. Delivery charges are those of one order; in larger baskets they weigh less."
source = "DETECTORS 52. Prior: Bijmolt, van Heerde and Pieters (2005), mean price elasticity −2.62. Waiting: Fisher, Gallino and Xu (2019), The value of rapid delivery in omnichannel retailing"
--- */
WITH quoted AS (
  SELECT sku, competitor, FLOOR(X_DAYS_BETWEEN(X_DAY(checked_at), $window_end) / 28) AS block,
         CASE WHEN X_DAY(checked_at) > X_ADD_DAYS($window_end, -$recent_days) THEN 1 ELSE 0 END AS is_recent,
         CAST(price AS DOUBLE) * (1 + $day_worth * COALESCE(delivery_days, 0)) + COALESCE(CAST(shipping AS DOUBLE), 0) AS delivered
  FROM competitor_prices
  WHERE price > 0 AND COALESCE(in_stock, TRUE)
    AND X_DAY(checked_at) > X_ADD_DAYS($window_end, -$history_days) AND X_DAY(checked_at) <= $window_end
),
rivals AS (
  SELECT sku, MIN(delivered) AS delivered, MIN(competitor) AS competitor, COUNT(*) AS n_rivals
  FROM (SELECT sku, competitor, AVG(delivered) AS delivered FROM quoted WHERE is_recent = 1 GROUP BY sku, competitor) AS each
  GROUP BY sku
),
way AS (
  SELECT AVG(X_DAYS_BETWEEN(X_DAY(o.ordered_at), X_DAY(s.delivered_at))) AS n_days,
         X_DIV(COUNT(CASE WHEN X_DAY(s.delivered_at) > X_DAY(s.promised_at) THEN 1 END), COUNT(s.promised_at)) AS late
  FROM shipments AS s
  INNER JOIN orders AS o ON o.order_id = s.order_id
  WHERE s.delivered_at IS NOT NULL AND X_DAY(o.ordered_at) > $window_start AND X_DAY(o.ordered_at) <= $window_end
),
sent AS (
  SELECT order_id FROM shipments WHERE order_id IS NOT NULL GROUP BY order_id
),
known AS (
  SELECT COUNT(*) AS n_sent FROM sent
),
shelf AS (
  SELECT l.sku,
         X_DIV(SUM(CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE)), SUM(l.quantity)) AS price,
         AVG(CAST(COALESCE(o.shipping_charged, 0) AS DOUBLE)) AS shipping
  FROM order_lines AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  CROSS JOIN known AS k
  LEFT JOIN sent AS s ON s.order_id = l.order_id
  WHERE l.unit_price > 0 AND l.quantity > 0 AND (s.order_id IS NOT NULL OR k.n_sent = 0)
    AND X_DAY(o.ordered_at) > X_ADD_DAYS($window_end, -2 * $recent_days) AND X_DAY(o.ordered_at) <= $window_end
  GROUP BY l.sku
),
blocks AS (
  SELECT l.sku, COALESCE(p.category, '') AS category, FLOOR(X_DAYS_BETWEEN(l.ordered_on, $window_end) / 28) AS block,
         SUM(l.quantity) AS units,
         X_DIV(SUM(l.list_sales + l.markdown + l.promotion), SUM(l.quantity)) AS price
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.quantity > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -$history_days) AND l.ordered_on <= $window_end
  GROUP BY l.sku, COALESCE(p.category, ''), FLOOR(X_DAYS_BETWEEN(l.ordered_on, $window_end) / 28)
),
points AS (
  SELECT b.sku, b.units AS w, LN(X_DIV(b.price, q.delivered)) AS x, LN(X_DIV(b.units + 0.5, c.units)) AS y
  FROM blocks AS b
  INNER JOIN (SELECT sku, block, MIN(delivered) AS delivered FROM quoted GROUP BY sku, block) AS q ON q.sku = b.sku AND q.block = b.block
  INNER JOIN (SELECT category, block, SUM(units) AS units FROM blocks GROUP BY category, block) AS c
    ON c.category = b.category AND c.block = b.block
  WHERE b.price > 0
),
moved AS (
  SELECT sku,
         SUM(w * x * x) - X_DIV(SUM(w * x) * SUM(w * x), SUM(w)) AS spread,
         SUM(w * x * y) - X_DIV(SUM(w * x) * SUM(w * y), SUM(w)) AS slanted
  FROM points
  GROUP BY sku
),
slopes AS (
  SELECT sku, X_DIV(slanted, spread) AS slope, X_DIV($dispersion, spread) AS variance FROM moved WHERE spread > 0.02
),
sold AS (
  SELECT sku, COUNT(*) AS n_lines, SUM(units) AS units, X_DIV(SUM(cm2), SUM(units)) AS margin, X_DIV(SUM(net_sales), SUM(units)) AS net_price
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0 AND sku IS NOT NULL
  GROUP BY sku
),
compared AS (
  SELECT s.sku, s.n_lines, s.units, s.margin, s.net_price, h.price, r.delivered AS rival_delivered, r.n_rivals,
         h.price * (1 + $day_worth * COALESCE(w.n_days, 0) + $late_worth * COALESCE(w.late, 0)) + h.shipping AS delivered
  FROM sold AS s
  INNER JOIN shelf AS h ON h.sku = s.sku
  INNER JOIN rivals AS r ON r.sku = s.sku
  CROSS JOIN way AS w
  WHERE s.net_price > 0
),
gaps AS (
  SELECT c.sku, c.n_lines, c.units, c.margin, c.net_price, c.price, c.delivered, c.rival_delivered, c.n_rivals,
         c.rival_delivered - c.delivered AS change,
         LEAST(X_DIV($elasticity / ($elasticity_sd * $elasticity_sd) + COALESCE(o.slope / o.variance, 0),
                     1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0)), 0) AS elasticity,
         SQRT(X_DIV(1, 1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0))) AS elasticity_sd
  FROM compared AS c
  LEFT JOIN slopes AS o ON o.sku = c.sku
  WHERE c.rival_delivered <= (1 - $least_gap) * c.delivered AND c.delivered - c.rival_delivered < c.price
),
steps AS (
  SELECT sku, n_lines, units, margin, net_price, price, delivered, rival_delivered, n_rivals, elasticity, elasticity_sd, change, 1 AS step FROM gaps
  UNION ALL
  SELECT sku, n_lines, units, margin, net_price, price, delivered, rival_delivered, n_rivals, elasticity, elasticity_sd, change / 2, 2 FROM gaps
),
worth AS (
  SELECT sku, n_lines, units, margin, price, delivered, rival_delivered, n_rivals, elasticity, elasticity_sd, change,
         units * (POWER(1 + X_DIV(change, delivered), elasticity) * (margin + X_DIV(change, price) * net_price) - margin) AS gain,
         units * POWER(1 + X_DIV(change, delivered), elasticity) * (margin + X_DIV(change, price) * net_price)
           * LN(1 + X_DIV(change, delivered)) * elasticity_sd AS unsure,
         step
  FROM steps
),
-- The step whose gain is surest: the lower bound that holds with 80 per cent.
ranked AS (
  SELECT sku, ROW_NUMBER() OVER (PARTITION BY sku ORDER BY gain - 0.84 * ABS(unsure) DESC, step) AS place, step FROM worth
)
SELECT w.sku,
       gain           AS loss,
       n_lines        AS n,
       unsure * unsure + X_DIV(gain * gain, n_lines) AS loss_sq,
       price,
       delivered      AS delivered_price,
       rival_delivered AS cheapest_delivered_price_of_competitors,
       n_rivals       AS competitors,
       price + change AS price_to_try,
       elasticity,
       elasticity_sd  AS elasticity_give_or_take,
       margin         AS cm2_per_unit,
       units          AS units_sold
FROM worth AS w
INNER JOIN ranked AS r ON r.sku = w.sku AND r.step = w.step AND r.place = 1
WHERE w.gain > 0
