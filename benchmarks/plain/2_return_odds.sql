-- Chance that a unit sold in the last 60 days and still out comes back, by category and order day: the lag of past
-- returns says what share of them should have arrived by now.
CREATE TEMP TABLE return_odds AS
WITH came_back AS (
    SELECT
        coalesce(category, '') AS category,
        ordered_at::DATE AS ordered_on,
        returned_at::DATE - ordered_at::DATE AS lag_days,
        returns.quantity AS units,
        CASE WHEN coalesce(resaleable, TRUE) THEN returns.quantity ELSE 0 END AS units_resaleable,
        money(coalesce(carriage_cost, return_carriage, 0)) + money(coalesce(handling_cost, returns.quantity * return_handling, 0))
            AS costs
    FROM returns
    JOIN orders ON orders.order_id = returns.order_id
    LEFT JOIN sku_cost ON sku_cost.sku = returns.sku
    LEFT JOIN day_rate ON day = returned_at::DATE
    WHERE returns.quantity > 0
),

shop AS (
    SELECT sum(units_resaleable) / sum(units) AS resaleable_share, sum(costs) / sum(units) AS cost_per_unit FROM came_back
),

mature AS (
    SELECT category, lag_days, sum(units) AS units
    FROM came_back
    WHERE ordered_on <= (SELECT max(ordered_at)::DATE - 60 FROM orders) AND lag_days BETWEEN 0 AND 60
    GROUP BY category, lag_days
),

enough AS (SELECT category FROM mature GROUP BY category HAVING sum(units) >= 50),

lags AS (
    SELECT category, lag_days, units FROM mature WHERE category IN (SELECT category FROM enough)
    UNION ALL
    SELECT '*', lag_days, sum(units) FROM mature GROUP BY lag_days
),

sold AS (
    SELECT
        coalesce(category, '') AS category,
        ordered_at::DATE AS ordered_on,
        sum(quantity - coalesce(cancelled_quantity, 0)) AS units
    FROM order_lines
    JOIN orders ON orders.order_id = order_lines.order_id
    LEFT JOIN sku_cost ON sku_cost.sku = order_lines.sku
    WHERE ordered_at::DATE > (SELECT max(ordered_at)::DATE - 60 FROM orders) AND cancelled_at IS NULL
    GROUP BY 1, 2
),

aged AS (
    SELECT
        sold.category,
        sold.ordered_on,
        (SELECT max(ordered_at)::DATE FROM orders) - sold.ordered_on AS age_days,
        sold.units,
        coalesce(came.units, 0) AS returned,
        coalesce(enough.category, '*') AS lag_category
    FROM sold
    LEFT JOIN (SELECT category, ordered_on, sum(units) AS units FROM came_back GROUP BY 1, 2) AS came
        ON came.category = sold.category AND came.ordered_on = sold.ordered_on
    LEFT JOIN enough ON enough.category = sold.category
),

seen AS (
    SELECT
        aged.category,
        ordered_on,
        age_days,
        any_value(aged.units) AS units,
        any_value(returned) AS returned,
        sum(CASE WHEN lag_days <= age_days THEN lags.units ELSE 0 END)::DOUBLE / sum(lags.units)::DOUBLE AS seen
    FROM aged JOIN lags ON lags.category = lag_category
    GROUP BY aged.category, ordered_on, age_days
),

weeks AS (
    SELECT
        category,
        age_days // 7 AS week,
        sum(units) AS units,
        sum(returned) AS returned,
        sum(units::DOUBLE * seen) / nullif(sum(units), 0)::DOUBLE AS seen
    FROM seen
    GROUP BY category, week
),

base AS (SELECT category, sum(returned)::DOUBLE / nullif(sum(units::DOUBLE * seen), 0) AS rate FROM weeks GROUP BY category)

SELECT
    seen.category,
    seen.ordered_on,
    least(1, greatest(0, coalesce(CASE
        WHEN weeks.seen >= 0.2 THEN weeks.returned::DOUBLE / weeks.seen - weeks.returned::DOUBLE
        ELSE coalesce(base.rate, 0) * (1 - weeks.seen) * weeks.units::DOUBLE
    END / nullif(weeks.units - weeks.returned, 0)::DOUBLE, 0))) AS odds,
    resaleable_share,
    cost_per_unit
FROM seen
JOIN weeks ON weeks.category = seen.category AND weeks.week = seen.age_days // 7
JOIN base ON base.category = seen.category
CROSS JOIN shop
WHERE seen.seen < 0.95;
