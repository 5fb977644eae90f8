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
needs = ["rival_prices.price", "rival_prices.shipping | rival_prices.delivery_days", "order_lines.unit_price", "ledger.cm2"]
[thresholds]
least_gap = 0.08
elasticity = -2.6
elasticity_sd = 0.8
dispersion = 2.0
[rows]
where = "in_window"
order_by = "net_sales"
[docs]
why = "A competitor delivers the SKU for less, everything counted: price, delivery charge, days of waiting and the chance that it comes late."
value = "Units × (profit (CM2) of a unit at the lower price × (delivered-price ratio)^elasticity − profit of a unit today), the price lowered until the delivered prices meet, or half of the way, whichever gain is surer."
known_problems = "A day of waiting is held to be worth day_worth of the price, a late parcel late_worth ([prices] in shop.toml): both are assumed. The elasticity is a prior until the gap has moved: then what the SKU's units did, held against its category, counts as much as it is sure. Where a lower price can't pay, nothing is shown, though sales go to the competitor. Delivery charges are those of one order; in larger baskets they weigh less."
source = "DETECTORS 52. Prior: Bijmolt, van Heerde and Pieters (2005), mean price elasticity −2.62. Waiting: Fisher, Gallino and Xu (2019), The value of rapid delivery in omnichannel retailing"
--- */
WITH slopes AS (
  SELECT sku, X_DIV(gap_slanted, gap_spread) AS slope, X_DIV($dispersion, gap_spread) AS variance FROM sku_prices WHERE gap_spread > 0.02
),
sold AS (
  SELECT sku, COUNT(*) AS n_lines, SUM(units) AS units, X_DIV(SUM(cm2), SUM(units)) AS margin, X_DIV(SUM(net_sales - shipping_income), SUM(units)) AS net_price
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0 AND sku IS NOT NULL
  GROUP BY sku
),
compared AS (
  SELECT s.sku, s.n_lines, s.units, s.margin, s.net_price, h.sent_price AS price, h.delivered, h.rival_delivered, h.n_rivals
  FROM sold AS s
  INNER JOIN sku_prices AS h ON h.sku = s.sku AND h.sent_price > 0 AND h.rival_delivered > 0
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
