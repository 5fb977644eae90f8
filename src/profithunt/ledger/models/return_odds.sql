/* ---
what = "Chance that a unit sold inside the return window and still out comes back, by category and order day (METRICS 1, returns lag)."
grain = ["category", "ordered_on"]
empty_with = ["return_lines"]
[columns]
category = "text | category, empty where a SKU has none"
ordered_on = "date | day of the order"
seen = "rate | share of the day's returns expected to have arrived by now, F(age)"
odds = "rate | chance that a unit not yet returned still comes back"
resaleable_share = "rate | share of returned units that go back to stock"
cost_per_unit = "rate | carriage and handling of one returned unit"
--- */
WITH came_back AS (
  SELECT COALESCE(sku_costs.category, '') AS category,
         X_DAY(orders.ordered_at) AS ordered_on,
         X_DAYS_BETWEEN(X_DAY(orders.ordered_at), return_lines.returned_on) AS lag_days,
         return_lines.units AS units,
         return_lines.units_resaleable AS units_resaleable,
         return_lines.costs AS costs
  FROM return_lines
  JOIN orders ON orders.order_id = return_lines.order_id
  LEFT JOIN sku_costs ON sku_costs.sku = return_lines.sku
  WHERE return_lines.level = 'line' AND return_lines.units > 0
),
shop AS (
  SELECT X_DIV(SUM(units_resaleable), SUM(units)) AS resaleable_share, X_DIV(SUM(costs), SUM(units)) AS cost_per_unit
  FROM came_back
),
mature AS (
  SELECT category, lag_days, SUM(units) AS units
  FROM came_back
  WHERE ordered_on <= X_ADD_DAYS($as_of, -$return_days) AND lag_days >= 0 AND lag_days <= $return_days
  GROUP BY category, lag_days
),
enough AS (
  SELECT category FROM mature GROUP BY category HAVING SUM(units) >= 50
),
lags AS (
  SELECT mature.category AS category, mature.lag_days AS lag_days, SUM(mature.units) AS units
  FROM mature JOIN enough ON enough.category = mature.category GROUP BY mature.category, mature.lag_days
  UNION ALL
  SELECT '*' AS category, lag_days, SUM(units) AS units FROM mature GROUP BY lag_days
),
lag_totals AS (
  SELECT category, SUM(units) AS units FROM lags GROUP BY category
),
sold AS (
  SELECT COALESCE(sku_costs.category, '') AS category,
         X_DAY(orders.ordered_at) AS ordered_on,
         SUM(order_lines.quantity - COALESCE(order_lines.cancelled_quantity, 0)) AS units
  FROM order_lines
  JOIN orders ON orders.order_id = order_lines.order_id
  LEFT JOIN sku_costs ON sku_costs.sku = order_lines.sku
  WHERE X_DAY(orders.ordered_at) > X_ADD_DAYS($as_of, -$return_days) AND orders.cancelled_at IS NULL
  GROUP BY 1, 2
),
returned AS (
  SELECT category, ordered_on, SUM(units) AS units FROM came_back GROUP BY category, ordered_on
),
aged AS (
  SELECT sold.category AS category,
         sold.ordered_on AS ordered_on,
         X_DAYS_BETWEEN(sold.ordered_on, $as_of) AS age_days,
         sold.units AS units,
         COALESCE(returned.units, 0) AS returned,
         CASE WHEN enough.category IS NULL THEN '*' ELSE sold.category END AS lag_category
  FROM sold
  LEFT JOIN returned ON returned.category = sold.category AND returned.ordered_on = sold.ordered_on
  LEFT JOIN enough ON enough.category = sold.category
),
seen AS (
  SELECT aged.category AS category, aged.ordered_on AS ordered_on, aged.age_days AS age_days, aged.units AS units,
         aged.returned AS returned,
         X_DIV(
           SUM(CASE WHEN lags.lag_days <= aged.age_days THEN lags.units ELSE 0 END), MAX(lag_totals.units)
         ) AS seen
  FROM aged
  JOIN lags ON lags.category = aged.lag_category
  JOIN lag_totals ON lag_totals.category = aged.lag_category
  GROUP BY aged.category, aged.ordered_on, aged.age_days, aged.units, aged.returned
),
weeks AS (
  SELECT category,
         CAST(FLOOR(age_days / 7.0) AS BIGINT) AS week,
         SUM(units) AS units,
         SUM(returned) AS returned,
         X_DIV(SUM(CAST(units AS DOUBLE) * seen), SUM(units)) AS seen
  FROM seen
  GROUP BY category, CAST(FLOOR(age_days / 7.0) AS BIGINT)
),
base_rates AS (
  SELECT category, X_DIV(SUM(returned), SUM(CAST(units AS DOUBLE) * seen)) AS rate FROM weeks GROUP BY category
)
SELECT seen.category AS category,
       seen.ordered_on AS ordered_on,
       seen.seen AS seen,
       -- Rounded, since sums of DOUBLE depend on the order of rows in their last digits.
       ROUND(LEAST(1.0, GREATEST(0.0, COALESCE(X_DIV(
         CASE
           WHEN weeks.seen >= 0.2 THEN X_DIV(weeks.returned, weeks.seen) - CAST(weeks.returned AS DOUBLE)
           ELSE COALESCE(base_rates.rate, 0) * (1 - weeks.seen) * CAST(weeks.units AS DOUBLE)
         END,
         weeks.units - weeks.returned
       ), 0.0))), 12) AS odds,
       shop.resaleable_share AS resaleable_share,
       shop.cost_per_unit AS cost_per_unit
FROM seen
JOIN weeks ON weeks.category = seen.category AND weeks.week = CAST(FLOOR(seen.age_days / 7.0) AS BIGINT)
JOIN base_rates ON base_rates.category = seen.category
CROSS JOIN shop
WHERE seen.seen < $mature_share AND seen.age_days >= 0
