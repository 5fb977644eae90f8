/* ---
code = "SKU20"
number = 20
name = "underpriced_mover"
level = "sku"
entity = ["sku"]
owner = "pricing"
reversible = true
action = "raise_the_price"
statistic = "sum"
window_days = 91
credibility = 0.6
needs = ["rival_prices.price", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
mover_percentile = 0.7
least_gap = 0.05
least_compared = 20
beyond_scatter = 1.645
largest_rise = 0.25
elasticity = -1.3
elasticity_sd = 0.8
between_skus = 0.5
dispersion = 2.0
[rows]
where = "in_window"
order_by = "net_sales"
[docs]
why = "The SKU sells well and costs clearly less than at the competitors: part of the margin is given away to customers who would pay more."
value = "Units × (profit (CM2) of a unit at the higher price × (price ratio)^elasticity − profit of a unit today), the price raised to the competitors' median, or half of the way, whichever gain is surer."
known_problems = "A gap counts where it is wider than the scatter of the shop's prices around its usual distance from the competitors (beyond_scatter standard deviations; from least_compared SKUs on). The elasticity is a prior (mean elasticity, give or take elasticity_sd) until the shop's own prices have moved: then what units did, held against their category, counts first for the shop, then for the SKU. Prices that move with demand mislead it. Prices are compared as recorded, so both must hold tax or neither. SKUs whose price is cut for a time (price_changes) are left out. A low price can be meant to bring customers (gateway product)."
source = "DETECTORS 20. Prior: Bijmolt, van Heerde and Pieters (2005), mean price elasticity −2.62, halved for prices below what customers compare with (loss aversion: Hardie, Johnson and Fader, 1993)"
--- */
-- A price that is cut for a time is another leak: needless markdown.
WITH cut AS (
  SELECT sku
  FROM (SELECT sku, kind, ROW_NUMBER() OVER (PARTITION BY sku ORDER BY changed_at DESC) AS place FROM price_changes WHERE X_DAY(changed_at) <= $window_end) AS last
  WHERE place = 1 AND kind IN ('markdown', 'promotion')
),
slopes AS (
  SELECT sku, X_DIV(slanted, spread) AS slope, X_DIV($dispersion, spread) AS variance FROM sku_prices WHERE spread > 0.02
),
shop AS (
  SELECT X_DIV($elasticity / ($elasticity_sd * $elasticity_sd) + COALESCE(SUM(slope / (variance + $between_skus * $between_skus)), 0),
               1 / ($elasticity_sd * $elasticity_sd) + COALESCE(SUM(1 / (variance + $between_skus * $between_skus)), 0)) AS slope,
         X_DIV(1, 1 / ($elasticity_sd * $elasticity_sd) + COALESCE(SUM(1 / (variance + $between_skus * $between_skus)), 0)) AS variance
  FROM slopes
),
sold AS (
  SELECT sku, COUNT(*) AS n_lines, SUM(units) AS units, X_DIV(SUM(cm2), SUM(units)) AS margin, X_DIV(SUM(net_sales - shipping_income), SUM(units)) AS net_price
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0 AND sku IS NOT NULL
  GROUP BY sku
),
movers AS (
  SELECT X_PERCENTILE(units, $mover_percentile) AS units FROM sold
),
-- A shop stands somewhere against its competitors, and prices scatter: what lies within is no mistake.
stance AS (
  SELECT COUNT(*) AS n_skus, X_PERCENTILE(distance, 0.5) AS middle, (X_PERCENTILE(distance, 0.84) - X_PERCENTILE(distance, 0.16)) / 2 AS scatter
  FROM (SELECT LN(X_DIV(rival_price, shelf_price)) AS distance FROM sku_prices WHERE shelf_price > 0 AND rival_price > 0) AS each
),
gaps AS (
  SELECT s.sku, s.n_lines, s.units, s.margin, s.net_price, h.shelf_price AS price, h.rival_price, h.n_rivals,
         LEAST(X_DIV(h.rival_price, h.shelf_price) - 1, $largest_rise) AS rise,
         LEAST(X_DIV(b.slope / ($between_skus * $between_skus) + COALESCE(o.slope / o.variance, 0),
                     1 / ($between_skus * $between_skus) + COALESCE(1 / o.variance, 0)), 0) AS elasticity,
         SQRT(b.variance + X_DIV(1, 1 / ($between_skus * $between_skus) + COALESCE(1 / o.variance, 0))) AS elasticity_sd
  FROM sold AS s
  INNER JOIN sku_prices AS h ON h.sku = s.sku AND h.shelf_price > 0 AND h.rival_price > 0
  CROSS JOIN movers AS m
  CROSS JOIN shop AS b
  CROSS JOIN stance AS t
  LEFT JOIN slopes AS o ON o.sku = s.sku
  LEFT JOIN cut AS k ON k.sku = s.sku
  WHERE k.sku IS NULL AND s.units >= m.units AND s.net_price > 0 AND h.shelf_price <= (1 - $least_gap) * h.rival_price
    AND (t.n_skus < $least_compared OR LN(X_DIV(h.rival_price, h.shelf_price)) >= t.middle + $beyond_scatter * t.scatter)
),
steps AS (
  SELECT sku, n_lines, units, margin, net_price, price, rival_price, n_rivals, elasticity, elasticity_sd, rise, 1 AS step FROM gaps
  UNION ALL
  SELECT sku, n_lines, units, margin, net_price, price, rival_price, n_rivals, elasticity, elasticity_sd, rise / 2, 2 FROM gaps
),
worth AS (
  SELECT sku, n_lines, units, margin, price, rival_price, n_rivals, elasticity, elasticity_sd, rise,
         units * (POWER(1 + rise, elasticity) * (margin + rise * net_price) - margin) AS gain,
         units * POWER(1 + rise, elasticity) * (margin + rise * net_price) * LN(1 + rise) * elasticity_sd AS unsure,
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
       price * (1 + rise) AS price_to_try,
       elasticity,
       elasticity_sd  AS elasticity_give_or_take,
       margin         AS cm2_per_unit,
       units          AS units_sold
FROM worth AS w
INNER JOIN ranked AS r ON r.sku = w.sku AND r.step = w.step AND r.place = 1
WHERE w.gain > 0
