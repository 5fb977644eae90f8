/* ---
code = "SKU19"
number = 19
name = "needless_markdown"
level = "sku"
entity = ["sku"]
owner = "pricing"
reversible = true
action = "raise_the_price"
statistic = "ratio"
direction = "low"
window_days = 364
drifts = false
credibility = 0.6
needs = ["ledger.markdown | ledger.promotion", "ledger.cogs"]
[thresholds]
min_weeks = 5
least_ratio = 0.9
sold_share = 0.8
clear_share = 0.8
[rows]
where = "in_window AND discounted"
order_by = "markdown + promotion"
[docs]
why = "In weeks in which the SKU is discounted it earns less than in weeks at full price: it sells well enough without."
value = "Profit (CM2) of a week at full price − profit of a discounted week, × the discounted weeks to expect in 28 days."
known_problems = "Only SKUs count whose weeks are clearly one or the other (clear_share of units and of weeks). Discounts set for weeks that would have been weak anyway; customers who come for the discount and buy other things; a season with one price all through. A test of the price settles it."
source = "METRICS section 6; Blattberg and Neslin (1990), Sales Promotion"
--- */
WITH weeks AS (
  SELECT sku,
         X_ADD_DAYS($window_end, -7 * CAST(FLOOR(X_DAYS_BETWEEN(ordered_on, $window_end) / 7) AS INT)) AS week_ends_on,
         SUM(units)     AS units,
         SUM(CASE WHEN discounted THEN units ELSE 0 END) AS discounted_units,
         SUM(cm2)       AS cm2,
         SUM(markdown + promotion + funding) AS discount,
         SUM(CASE WHEN cost_source = 'assumed' THEN net_sales ELSE 0 END) AS assumed_sales,
         SUM(net_sales) AS net_sales
  FROM ledger
  WHERE in_window AND entry = 'line' AND sku IS NOT NULL AND units > 0
  GROUP BY sku, X_ADD_DAYS($window_end, -7 * CAST(FLOOR(X_DAYS_BETWEEN(ordered_on, $window_end) / 7) AS INT))
),
clear AS (
  SELECT sku, week_ends_on, units, cm2, discount, assumed_sales, net_sales,
         CASE WHEN discounted_units >= $clear_share * units THEN 1 ELSE 0 END AS is_discounted
  FROM weeks
  WHERE discounted_units >= $clear_share * units OR discounted_units <= (1 - $clear_share) * units
),
regimes AS (
  SELECT w.sku, X_DIV(SUM(CASE WHEN c.sku IS NOT NULL THEN w.units ELSE 0 END), SUM(w.units)) AS share
  FROM weeks AS w
  LEFT JOIN clear AS c ON c.sku = w.sku AND c.week_ends_on = w.week_ends_on
  GROUP BY w.sku
),
regular AS (
  SELECT sku, COUNT(*) AS n_weeks, AVG(cm2) AS cm2, AVG(units) AS units
  FROM clear
  WHERE is_discounted = 0
  GROUP BY sku
)
SELECT w.sku,
       X_MOMENTS(w.cm2, r.cm2),
       X_ACTIVITY(w.week_ends_on),
       1               AS benchmark,
       $least_ratio    AS "limit",
       COUNT(*)        AS weeks_discounted,
       MAX(r.n_weeks)  AS weeks_at_full_price,
       AVG(w.cm2)      AS cm2_of_discounted_week,
       MAX(r.cm2)      AS cm2_of_full_price_week,
       AVG(w.units)    AS units_of_discounted_week,
       MAX(r.units)    AS units_of_full_price_week,
       -SUM(w.discount) AS discount,
       X_DIV(SUM(w.assumed_sales), SUM(w.net_sales)) AS assumed_share
FROM clear AS w
INNER JOIN regular AS r ON r.sku = w.sku
INNER JOIN regimes AS g ON g.sku = w.sku AND g.share >= $clear_share
WHERE w.is_discounted = 1 AND r.cm2 > 0
GROUP BY w.sku
HAVING COUNT(*) >= $min_weeks AND MAX(r.n_weeks) >= $min_weeks
   AND COUNT(*) + MAX(r.n_weeks) >= $sold_share * $window_days / 7
