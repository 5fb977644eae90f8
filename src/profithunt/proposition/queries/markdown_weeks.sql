/* ---
what = "Units and prices of SKUs by week, of two years; the SKUs that sold most, up to a limit."
grain = ["sku", "week_no"]
[columns]
sku = "text | SKU"
category = "text | category, empty where none is stated"
week_no = "int | weeks before the last one, which is 0"
units = "rate | units ordered and not cancelled"
price = "rate | what the middle order line paid for a unit, ex tax"
[checks]
unique = true
--- */
WITH lines AS (
  SELECT sku,
         CAST(FLOOR(X_DAYS_BETWEEN(ordered_on, $as_of) / 7) AS BIGINT) AS week_no,
         CAST(units AS DOUBLE) AS units,
         X_DIV(list_sales + markdown + promotion, quantity) AS price
  FROM ledger
  WHERE entry = 'line' AND sku IS NOT NULL AND units > 0
    AND ordered_on > X_ADD_DAYS($as_of, -7 * CAST($weeks AS INT)) AND ordered_on <= $as_of
),
most AS (
  SELECT sku, ROW_NUMBER() OVER (ORDER BY units DESC, sku) AS place
  FROM (SELECT sku, SUM(units) AS units FROM lines GROUP BY sku) AS sums
)
SELECT lines.sku AS sku, COALESCE(products.category, '') AS category, lines.week_no AS week_no,
       SUM(lines.units) AS units,
       X_PERCENTILE(lines.price, 0.5) AS price
FROM lines
JOIN most ON most.sku = lines.sku AND most.place <= $most_skus
LEFT JOIN products ON products.sku = lines.sku
WHERE lines.price > 0
GROUP BY lines.sku, COALESCE(products.category, ''), lines.week_no
