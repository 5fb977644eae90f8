/* ---
what = "SKUs in stock whose season ends: units, time and cost, and what selling a unit costs and brings back."
grain = ["sku"]
[columns]
sku = "text | SKU"
name = "text | name as sold"
category = "text | category, empty where none is stated"
on_hand = "rate | units in stock at the latest count"
days_left = "int | days until the season ends"
unit_cost = "rate | cost of one unit, ex tax; null where it is not known"
tag = "rate | latest price of price_changes, else the list price, ex tax; null where neither is known"
taxed = "rate | what a price ex tax is multiplied by to stand on the tag"
returned = "rate | share of sales that comes back, pulled towards the category's as by twenty units"
handling = "rate | what a unit costs to sell and to take back, pulled likewise; null where nothing of the category sold"
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
latest AS (
  SELECT sku, MAX(changed_at) AS changed_at FROM price_changes WHERE X_DAY(changed_at) <= $as_of GROUP BY sku
),
tags AS (
  SELECT price_changes.sku AS sku, MIN(CAST(price_changes.price AS DOUBLE)) AS price
  FROM price_changes
  JOIN latest ON latest.sku = price_changes.sku AND latest.changed_at = price_changes.changed_at
  GROUP BY price_changes.sku
),
sold AS (
  SELECT sku,
         SUM(CAST(units AS DOUBLE)) AS units,
         SUM(CAST(list_sales + markdown + promotion + cancellations AS DOUBLE)) AS sales,
         -SUM(CAST(refunds + expected_returns AS DOUBLE)) AS refunds,
         -SUM(CAST(fulfilment + carriage + fees + return_costs + expected_return_costs + service + concessions AS DOUBLE)) AS costs
  FROM ledger
  WHERE entry = 'line' AND sku IS NOT NULL AND units > 0 AND ordered_on > X_ADD_DAYS($as_of, -364) AND ordered_on <= $as_of
  GROUP BY sku
),
each AS (
  SELECT products.sku AS sku, products.name AS name, COALESCE(products.category, '') AS category,
         CASE WHEN $prices_include_tax THEN 1 + COALESCE(CAST(products.tax_rate AS DOUBLE), $tax_rate) ELSE 1 END AS taxed,
         CAST(products.list_price AS DOUBLE) AS list_price, CAST(products.unit_cost AS DOUBLE) AS unit_cost,
         products.season_ends_on AS season_ends_on, sold.units AS units, sold.sales AS sales, sold.refunds AS refunds, sold.costs AS costs,
         SUM(sold.units) OVER (PARTITION BY products.category) AS all_units,
         SUM(sold.sales) OVER (PARTITION BY products.category) AS all_sales,
         SUM(sold.refunds) OVER (PARTITION BY products.category) AS all_refunds,
         SUM(sold.costs) OVER (PARTITION BY products.category) AS all_costs
  FROM products
  LEFT JOIN sold ON sold.sku = products.sku
)
SELECT each.sku AS sku, each.name AS name, each.category AS category, held.on_hand AS on_hand,
       X_DAYS_BETWEEN($as_of, each.season_ends_on) AS days_left,
       COALESCE(held.unit_cost, each.unit_cost) AS unit_cost,
       X_DIV(COALESCE(tags.price, each.list_price), each.taxed) AS tag,
       each.taxed AS taxed,
       LEAST(GREATEST(COALESCE(X_DIV(COALESCE(each.refunds, 0) + 20 * X_DIV(each.all_refunds, each.all_units),
                                     COALESCE(each.sales, 0) + 20 * X_DIV(each.all_sales, each.all_units)), 0), 0), 0.95) AS returned,
       X_DIV(COALESCE(each.costs, 0) + 20 * X_DIV(each.all_costs, each.all_units), COALESCE(each.units, 0) + 20) AS handling
FROM each
JOIN held ON held.sku = each.sku
LEFT JOIN tags ON tags.sku = each.sku
WHERE held.on_hand >= 1 AND each.season_ends_on > $as_of AND ($category IS NULL OR LOWER(each.category) = LOWER($category))
