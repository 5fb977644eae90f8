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
min_units = 5
least_ratio = 0.9
last_weeks = 8
most_lift = 2
trend_units = 10
clear_share = 0.8
clear_units = 3
[rows]
where = "in_window AND (markdown < 0 OR (discounted AND promo_id IS NULL))"
order_by = "markdown + promotion"
[docs]
why = "In weeks in which the SKU is discounted it earns less than in weeks at full price: it sells well enough without."
value = "Profit (CM2) to expect of a week at full price − profit of a discounted week, × the discounted weeks to expect in 28 days. To expect are the units of a week at full price × what a unit earns without the discount, moved with what the rest of its category sold in the nine weeks around it (trend_units damp it in small categories): weeks that would have been weak or strong anyway are held against weak and strong ones."
known_problems = "A discount that sells more than most_lift times as much is no needless one, it brings customers in, and what they buy beside it is not seen here. A SKU whose price changes are known and hold no markdown was repriced for good and is left out (underpriced mover). Discounts that belong to a named promotion do not count, a holdout tells what they bring. A week is at full price or discounted when clear_share of its units are, or, with fewer than clear_units, of those of the nine weeks around it; others are left out. A SKU that was not discounted in the last_weeks is left out. Customers who come for the discount and buy other things; a season with one price all through. A test of the price settles it."
source = "METRICS section 6; Blattberg and Neslin (1990), Sales Promotion"
--- */
WITH lasting AS (
  SELECT sku, COUNT(CASE WHEN kind = 'markdown' OR kind = 'promotion' THEN 1 END) AS n_cuts
  FROM price_changes
  WHERE X_DAY(changed_at) > $window_start AND X_DAY(changed_at) <= $window_end
  GROUP BY sku
),
weeks AS (
  SELECT l.sku, COALESCE(p.category, '') AS category,
         FLOOR(X_DAYS_BETWEEN(l.ordered_on, $window_end) / 7) AS week_no,
         SUM(l.units)     AS units,
         SUM(CASE WHEN l.markdown < 0 OR (l.discounted AND l.promo_id IS NULL) THEN l.units ELSE 0 END) AS discounted_units,
         SUM(l.cm2)       AS cm2,
         SUM(l.markdown + l.promotion + l.funding) AS discount,
         SUM(CASE WHEN l.cost_source = 'assumed' THEN l.net_sales ELSE 0 END) AS assumed_sales,
         SUM(l.net_sales) AS net_sales
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.in_window AND l.entry = 'line' AND l.sku IS NOT NULL AND l.units > 0
  GROUP BY l.sku, COALESCE(p.category, ''), FLOOR(X_DAYS_BETWEEN(l.ordered_on, $window_end) / 7)
),
calendar AS (
  SELECT category, week_no, AVG(units) OVER (PARTITION BY category ORDER BY week_no ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING) AS units
  FROM (SELECT category, week_no, SUM(units) AS units FROM weeks GROUP BY category, week_no) AS sold
),
spans AS (
  SELECT sku, category, MAX(week_no) AS first_no FROM weeks GROUP BY sku, category
),
grid AS (
  SELECT s.sku, c.week_no, c.units - AVG(COALESCE(w.units, 0)) OVER (PARTITION BY s.sku ORDER BY c.week_no ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING) AS units_of_others,
         COALESCE(w.units, 0) AS units, COALESCE(w.cm2, 0) AS cm2, COALESCE(w.discount, 0) AS discount,
         COALESCE(w.assumed_sales, 0) AS assumed_sales, COALESCE(w.net_sales, 0) AS net_sales,
         -- One or two units say little of a week's price: those around it are asked too.
         CASE WHEN w.units >= $clear_units THEN X_DIV(w.discounted_units, w.units)
              ELSE X_DIV(SUM(COALESCE(w.discounted_units, 0)) OVER (PARTITION BY s.sku ORDER BY c.week_no ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING),
                         SUM(COALESCE(w.units, 0)) OVER (PARTITION BY s.sku ORDER BY c.week_no ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING))
              END AS discounted_share
  FROM spans AS s
  INNER JOIN calendar AS c ON c.category = s.category AND c.week_no <= s.first_no
  LEFT JOIN weeks AS w ON w.sku = s.sku AND w.week_no = c.week_no
),
clear AS (
  SELECT g.sku, g.week_no, g.units_of_others, g.units, g.cm2, g.discount, g.assumed_sales, g.net_sales,
         CASE WHEN g.discounted_share >= $clear_share THEN 1 ELSE 0 END AS is_discounted
  FROM grid AS g
  WHERE g.discounted_share >= $clear_share OR g.discounted_share <= 1 - $clear_share
),
-- What a unit earns without the discount is told by all weeks, discounted or not.
margins AS (
  SELECT sku, X_DIV(SUM(cm2 - discount), SUM(units)) AS margin FROM clear GROUP BY sku
),
regular AS (
  SELECT c.sku, COUNT(*) AS n_weeks, AVG(c.units) * MAX(m.margin) AS cm2, AVG(c.units) AS units, SUM(c.units) AS all_units,
         AVG(c.units_of_others) AS units_of_others
  FROM clear AS c
  INNER JOIN margins AS m ON m.sku = c.sku
  WHERE c.is_discounted = 0
  GROUP BY c.sku
)
SELECT w.sku,
       X_MOMENTS(w.cm2, r.cm2 * X_DIV(w.units_of_others + $trend_units, r.units_of_others + $trend_units)),
       X_ACTIVITY(X_ADD_DAYS($window_end, -7 * CAST(w.week_no AS INT))),
       1               AS benchmark,
       $least_ratio    AS "limit",
       COUNT(*)        AS weeks_discounted,
       MAX(r.n_weeks)  AS weeks_at_full_price,
       AVG(w.cm2)      AS cm2_of_discounted_week,
       AVG(r.cm2 * X_DIV(w.units_of_others + $trend_units, r.units_of_others + $trend_units)) AS cm2_to_expect_at_full_price,
       AVG(w.units)    AS units_of_discounted_week,
       MAX(r.units)    AS units_of_full_price_week,
       -SUM(w.discount) AS discount,
       X_DIV(SUM(w.assumed_sales), SUM(w.net_sales)) AS assumed_share
FROM clear AS w
INNER JOIN regular AS r ON r.sku = w.sku
LEFT JOIN lasting AS p ON p.sku = w.sku
-- A price that was lowered for good is no markdown: others ask whether it is too low.
WHERE w.is_discounted = 1 AND r.cm2 > 0 AND (p.sku IS NULL OR p.n_cuts > 0)
GROUP BY w.sku
HAVING COUNT(*) >= $min_weeks AND MAX(r.n_weeks) >= $min_weeks AND MAX(r.all_units) >= $min_units AND SUM(w.units) > 0 AND MIN(w.week_no) < $last_weeks
   AND SUM(w.units) <= $most_lift * SUM(r.units * X_DIV(w.units_of_others + $trend_units, r.units_of_others + $trend_units))
