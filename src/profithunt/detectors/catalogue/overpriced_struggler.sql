/* ---
code = "SKU21"
number = 21
name = "overpriced_struggler"
level = "sku"
entity = ["sku"]
owner = "pricing"
reversible = true
action = "lower_the_price"
statistic = "sum"
window_days = 91
credibility = 0.5
needs = ["competitor_prices.price", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
recent_days = 28
history_days = 364
slow_percentile = 0.5
least_gap = 0.05
elasticity = -2.6
elasticity_sd = 0.8
dispersion = 2.0
[rows]
where = "in_window"
order_by = "net_sales"
[docs]
why = "The SKU sells slowly and costs clearly more than at the competitors: customers find it here and buy it there."
value = "Units × (profit (CM2) of a unit at the lower price × (price ratio)^elasticity − profit of a unit today), the price lowered to the competitors' median, or half of the way, whichever gain is surer."
known_problems = "The elasticity is a prior (mean elasticity, give or take elasticity_sd) until the SKU's own price has moved: then what its units did, held against its category, counts as much as it is sure. Competitors who sell a poorer version or are often out of stock. Prices are compared as recorded, so both must hold tax or neither."
source = "DETECTORS 21. Prior: Bijmolt, van Heerde and Pieters (2005), New empirical generalizations on the determinants of price elasticity, mean −2.62"
--- */
WITH rivals AS (
  SELECT sku, X_PERCENTILE(price, 0.5) AS price, COUNT(*) AS n_rivals
  FROM (
    SELECT sku, competitor, AVG(CAST(price AS DOUBLE)) AS price
    FROM competitor_prices
    WHERE price > 0 AND COALESCE(in_stock, TRUE)
      AND X_DAY(checked_at) > X_ADD_DAYS($window_end, -$recent_days) AND X_DAY(checked_at) <= $window_end
    GROUP BY sku, competitor
  ) AS each
  GROUP BY sku
),
shelf AS (
  SELECT l.sku, X_DIV(SUM(CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE)), SUM(l.quantity)) AS price
  FROM order_lines AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.unit_price > 0 AND l.quantity > 0
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
  SELECT b.sku, b.units AS w, LN(b.price) AS x, LN(X_DIV(b.units + 0.5, c.units)) AS y
  FROM blocks AS b
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
  SELECT l.sku, COALESCE(p.category, '') AS category, COUNT(*) AS n_lines, SUM(l.units) AS units,
         X_DIV(SUM(l.cm2), SUM(l.units)) AS margin, X_DIV(SUM(l.net_sales), SUM(l.units)) AS net_price
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.in_window AND l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
  GROUP BY l.sku, COALESCE(p.category, '')
),
slow AS (
  SELECT category, X_PERCENTILE(units, $slow_percentile) AS units FROM sold GROUP BY category
),
gaps AS (
  SELECT s.sku, s.n_lines, s.units, s.margin, s.net_price, h.price, r.price AS rival_price, r.n_rivals,
         X_DIV(r.price, h.price) - 1 AS change,
         LEAST(X_DIV($elasticity / ($elasticity_sd * $elasticity_sd) + COALESCE(o.slope / o.variance, 0),
                     1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0)), 0) AS elasticity,
         SQRT(X_DIV(1, 1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0))) AS elasticity_sd
  FROM sold AS s
  INNER JOIN shelf AS h ON h.sku = s.sku
  INNER JOIN rivals AS r ON r.sku = s.sku
  INNER JOIN slow AS w ON w.category = s.category
  LEFT JOIN slopes AS o ON o.sku = s.sku
  WHERE s.units <= w.units AND s.net_price > 0 AND r.price <= (1 - $least_gap) * h.price
),
steps AS (
  SELECT sku, n_lines, units, margin, net_price, price, rival_price, n_rivals, elasticity, elasticity_sd, change, 1 AS step FROM gaps
  UNION ALL
  SELECT sku, n_lines, units, margin, net_price, price, rival_price, n_rivals, elasticity, elasticity_sd, change / 2, 2 FROM gaps
),
worth AS (
  SELECT sku, n_lines, units, margin, price, rival_price, n_rivals, elasticity, elasticity_sd, change,
         units * (POWER(1 + change, elasticity) * (margin + change * net_price) - margin) AS gain,
         units * POWER(1 + change, elasticity) * (margin + change * net_price) * LN(1 + change) * elasticity_sd AS unsure,
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
       rival_price    AS median_price_of_competitors,
       n_rivals       AS competitors,
       price * (1 + change) AS price_to_try,
       elasticity,
       elasticity_sd  AS elasticity_give_or_take,
       margin         AS cm2_per_unit,
       units          AS units_sold
FROM worth AS w
INNER JOIN ranked AS r ON r.sku = w.sku AND r.step = w.step AND r.place = 1
WHERE w.gain > 0
