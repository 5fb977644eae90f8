/* ---
code = "STY16"
number = 16
name = "broken_sizes"
level = "style"
entity = ["product_id"]
owner = "merchandising"
reversible = true
action = "transfer_rebuy_or_demote"
statistic = "sum"
window_days = 28
credibility = 0.8
needs = ["stock.on_hand", "products.product_id", "ledger.cm2"]
[thresholds]
pace_days = 364
least_days = 28
least_availability = 0.8
waits_share = 0.0
[rows]
from = ""
[docs]
why = "The sizes or colours of the style that customers ask for most are out of stock; who wants a medium does not buy a small."
value = "Units that the missing sizes sell a day while there are any × days without stock in the last 28 days × (1 − waits_share) × profit (CM2) of a unit of the style."
known_problems = "Customers who take another style or wait (waits_share, set it once it is known); styles at the end of their season, whose sizes break on purpose. Stock is that of all places together: a size that one store holds counts as there. What falls due is taken to go on as in the last 28 days; sizes that are back in stock are left out."
source = "DETECTORS 16; METRICS section 6"
--- */
WITH held AS (
  SELECT s.sku, p.product_id, COALESCE(p.category, '') AS category, s.counted_on, CASE WHEN SUM(s.on_hand) > 0 THEN 1 ELSE 0 END AS is_there
  FROM stock AS s
  INNER JOIN products AS p ON p.sku = s.sku
  WHERE p.product_id IS NOT NULL AND s.counted_on > X_ADD_DAYS($window_end, -$pace_days) AND s.counted_on <= $window_end
    AND (p.season_ends_on IS NULL OR p.season_ends_on > $window_end)
  GROUP BY s.sku, p.product_id, COALESCE(p.category, ''), s.counted_on
),
spans AS (
  SELECT sku, product_id, category, counted_on, is_there,
         LEAST(X_DAYS_BETWEEN(counted_on, COALESCE(LEAD(counted_on) OVER (PARTITION BY sku ORDER BY counted_on), X_ADD_DAYS($window_end, 1))), 31) AS n_days,
         ROW_NUMBER() OVER (PARTITION BY sku ORDER BY counted_on DESC) AS place
  FROM held
),
sold AS (
  SELECT l.sku, COALESCE(p.category, '') AS category, l.ordered_on, SUM(l.units) AS units, COUNT(*) AS n_lines, SUM(l.cm2) AS cm2
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND l.ordered_on <= $window_end
  GROUP BY l.sku, COALESCE(p.category, ''), l.ordered_on
),
counted AS (
  SELECT sku, product_id, category,
         SUM(n_days * is_there) AS days_there,
         SUM(n_days) AS days_counted,
         SUM(CASE WHEN counted_on > $window_start THEN n_days * is_there ELSE 0 END) AS days_there_lately,
         SUM(CASE WHEN counted_on > $window_start THEN n_days ELSE 0 END) AS days_lately,
         MAX(CASE WHEN place = 1 THEN is_there END) AS is_there_now,
         MIN(counted_on) AS first_on
  FROM spans
  GROUP BY sku, product_id, category
),
-- How busy the category is now against the whole time, by those of its SKUs that were always there.
seasons AS (
  SELECT s.category,
         LEAST(GREATEST(X_DIV(SUM(CASE WHEN s.ordered_on > $window_start THEN s.n_lines ELSE 0 END) * X_DAYS_BETWEEN(MIN(s.ordered_on), $window_end),
                              SUM(s.n_lines) * $window_days), 0.3), 3) AS factor
  FROM sold AS s
  INNER JOIN counted AS c ON c.sku = s.sku AND c.days_there = c.days_counted
  GROUP BY s.category
),
paced AS (
  SELECT c.sku, c.product_id, c.category, c.days_there, c.days_there_lately, c.days_lately, c.is_there_now,
         COALESCE(SUM(s.units), 0) AS units,
         COALESCE(SUM(s.n_lines), 0) AS n_lines,
         COALESCE(SUM(s.cm2), 0) AS cm2
  FROM counted AS c
  LEFT JOIN sold AS s ON s.sku = c.sku AND s.ordered_on >= c.first_on
  GROUP BY c.sku, c.product_id, c.category, c.days_there, c.days_there_lately, c.days_lately, c.is_there_now
),
demanded AS (
  SELECT p.product_id, p.sku, p.n_lines, p.units, p.cm2, p.is_there_now,
         X_DIV(p.units, p.days_there) * COALESCE(f.factor, 1) AS pace,
         X_DIV(p.days_there_lately, p.days_lately) AS available
  FROM paced AS p
  LEFT JOIN seasons AS f ON f.category = p.category
  WHERE p.days_there >= $least_days AND p.days_lately > 0
),
styles AS (
  SELECT product_id,
         COUNT(*) AS n_sizes,
         COUNT(CASE WHEN is_there_now = 0 THEN 1 END) AS n_out,
         X_DIV(SUM(pace * available), SUM(pace)) AS availability,
         X_DIV(SUM(cm2), SUM(units)) AS margin,
         SUM(CASE WHEN is_there_now = 0 THEN pace * (1 - available) ELSE 0 END) * $window_days * (1 - $waits_share) AS lost_units,
         SUM(CASE WHEN is_there_now = 0 THEN n_lines ELSE 0 END) AS n_lines
  FROM demanded
  GROUP BY product_id
)
SELECT product_id,
       lost_units * margin AS loss,
       n_lines    AS n,
       X_DIV(lost_units * margin * lost_units * margin, n_lines) AS loss_sq,
       n_sizes    AS sizes,
       n_out      AS sizes_out_of_stock,
       availability AS demand_in_stock,
       lost_units,
       margin     AS cm2_per_unit
FROM styles
WHERE n_sizes > 1 AND n_out > 0 AND n_lines > 0 AND availability < $least_availability AND margin > 0
