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
needs = ["rival_prices.price", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
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
WITH slopes AS (
  SELECT sku, X_DIV(slanted, spread) AS slope, X_DIV($dispersion, spread) AS variance FROM sku_prices WHERE spread > 0.02
),
sold AS (
  SELECT l.sku, COALESCE(p.category, '') AS category, COUNT(*) AS n_lines, SUM(l.units) AS units,
         X_DIV(SUM(l.cm2), SUM(l.units)) AS margin, X_DIV(SUM(l.net_sales - l.shipping_income), SUM(l.units)) AS net_price
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.in_window AND l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
  GROUP BY l.sku, COALESCE(p.category, '')
),
slow AS (
  SELECT category, X_PERCENTILE(units, $slow_percentile) AS units FROM sold GROUP BY category
),
gaps AS (
  SELECT s.sku, s.n_lines, s.units, s.margin, s.net_price, h.shelf_price_long AS price, h.rival_price, h.n_rivals,
         X_DIV(h.rival_price, h.shelf_price_long) - 1 AS change,
         LEAST(X_DIV($elasticity / ($elasticity_sd * $elasticity_sd) + COALESCE(o.slope / o.variance, 0),
                     1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0)), 0) AS elasticity,
         SQRT(X_DIV(1, 1 / ($elasticity_sd * $elasticity_sd) + COALESCE(1 / o.variance, 0))) AS elasticity_sd
  FROM sold AS s
  INNER JOIN sku_prices AS h ON h.sku = s.sku AND h.shelf_price_long > 0 AND h.rival_price > 0
  INNER JOIN slow AS w ON w.category = s.category
  LEFT JOIN slopes AS o ON o.sku = s.sku
  WHERE s.units <= w.units AND s.net_price > 0 AND h.rival_price <= (1 - $least_gap) * h.shelf_price_long
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
