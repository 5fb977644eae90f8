/* ---
what = "SKUs of which more is in stock than will be sold in time: how many units too many, and what a unit brings sold and kept."
grain = ["sku"]
[columns]
sku = "text | SKU"
name = "text | name as sold"
category = "text | category, empty where none is stated"
on_hand = "rate | units in stock at the latest count"
excess = "rate | units beyond what sells by itself until the season ends, without a season within cover_days"
units_28 = "rate | units that sell by themselves in 28 days"
price = "rate | what is paid for a unit, ex tax, over the last 28 days with sales"
unit_cost = "rate | cost of one unit, ex tax"
kept = "rate | what a unit too many brings if it stays: salvage, for the part that a year would not sell; its cost for the rest"
returned = "rate | share of sales that comes back, pulled towards the category's as by twenty units"
handling = "rate | what a unit costs to sell and to take back, pulled likewise"
[checks]
unique = true
--- */
WITH counted AS (
  SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $as_of GROUP BY sku
),
held AS (
  SELECT stock.sku AS sku, SUM(CAST(stock.on_hand AS DOUBLE)) AS on_hand, MAX(CAST(stock.unit_cost AS DOUBLE)) AS unit_cost
  FROM stock
  JOIN counted ON counted.sku = stock.sku AND counted.counted_on = stock.counted_on
  GROUP BY stock.sku
),
line AS (
  SELECT sku, ordered_on, CAST(units AS DOUBLE) AS units, CAST(quantity AS DOUBLE) AS quantity,
         CAST(list_sales + markdown + promotion AS DOUBLE) AS paid,
         CAST(list_sales + markdown + promotion + cancellations AS DOUBLE) AS sales,
         -CAST(refunds + expected_returns AS DOUBLE) AS refunds,
         -CAST(fulfilment + carriage + fees + return_costs + expected_return_costs + service + concessions AS DOUBLE) AS costs,
         MAX(ordered_on) OVER (PARTITION BY sku) AS last_on
  FROM ledger
  WHERE entry = 'line' AND sku IS NOT NULL AND units > 0 AND ordered_on > X_ADD_DAYS($as_of, -364) AND ordered_on <= $as_of
),
sold AS (
  SELECT sku, SUM(units) AS units, SUM(sales) AS sales, SUM(refunds) AS refunds, SUM(costs) AS costs,
         SUM(CASE WHEN ordered_on > X_ADD_DAYS($as_of, -56) THEN units ELSE 0 END) / 56 AS pace_now,
         -- A season that is quiet is no overstock: what a year sells counts as much as the last weeks.
         GREATEST(SUM(CASE WHEN ordered_on > X_ADD_DAYS($as_of, -56) THEN units ELSE 0 END) / 56,
                  X_DIV(SUM(units), GREATEST(X_DAYS_BETWEEN(MIN(ordered_on), $as_of), 56))) AS pace,
         X_DIV(SUM(CASE WHEN ordered_on > X_ADD_DAYS(last_on, -28) THEN paid END),
               SUM(CASE WHEN ordered_on > X_ADD_DAYS(last_on, -28) THEN quantity END)) AS price
  FROM line
  GROUP BY sku
),
each AS (
  SELECT products.sku AS sku, products.name AS name, COALESCE(products.category, '') AS category,
         held.on_hand AS on_hand, COALESCE(held.unit_cost, CAST(products.unit_cost AS DOUBLE)) AS unit_cost,
         CASE WHEN products.season_ends_on > $as_of THEN X_DAYS_BETWEEN($as_of, products.season_ends_on) END AS days_left,
         sold.units AS units, sold.sales AS sales, sold.refunds AS refunds, sold.costs AS costs,
         sold.pace_now AS pace_now, sold.pace AS pace, sold.price AS price,
         SUM(sold.units) OVER (PARTITION BY products.category) AS all_units,
         SUM(sold.sales) OVER (PARTITION BY products.category) AS all_sales,
         SUM(sold.refunds) OVER (PARTITION BY products.category) AS all_refunds,
         SUM(sold.costs) OVER (PARTITION BY products.category) AS all_costs
  FROM products
  JOIN sold ON sold.sku = products.sku
  LEFT JOIN held ON held.sku = products.sku
),
too_many AS (
  SELECT sku, name, category, on_hand, unit_cost, days_left, units, sales, refunds, costs, pace_now, pace, price,
         all_units, all_sales, all_refunds, all_costs,
         on_hand - CASE WHEN days_left IS NULL THEN pace ELSE pace_now END * COALESCE(days_left, $cover_days) AS excess
  FROM each
)
SELECT sku, name, category, on_hand, excess,
       (pace_now + X_DIV(0.5, 56)) * 28 AS units_28,
       price, unit_cost,
       unit_cost * (1 - (1 - $salvage) * CASE WHEN days_left IS NULL THEN GREATEST(1 - X_DIV(pace * 364, on_hand), 0) ELSE 1 END) AS kept,
       LEAST(GREATEST(COALESCE(X_DIV(COALESCE(refunds, 0) + 20 * X_DIV(all_refunds, all_units),
                                     COALESCE(sales, 0) + 20 * X_DIV(all_sales, all_units)), 0), 0), 0.95) AS returned,
       X_DIV(COALESCE(costs, 0) + 20 * X_DIV(all_costs, all_units), units + 20) AS handling
FROM too_many
WHERE excess >= $least_units AND price > 0 AND unit_cost IS NOT NULL
