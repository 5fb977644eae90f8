/* ---
what = "How much of each week a SKU was in stock, as far as it was counted."
grain = ["sku", "week_no"]
[columns]
sku = "text | SKU"
week_no = "int | weeks before the last one, which is 0"
there = "rate | share of the counts with a unit in stock"
[checks]
unique = true
--- */
SELECT sku, week_no, AVG(CASE WHEN on_hand > 0 THEN 1.0 ELSE 0.0 END) AS there
FROM (
  SELECT sku, counted_on, CAST(FLOOR(X_DAYS_BETWEEN(counted_on, $as_of) / 7) AS BIGINT) AS week_no, SUM(CAST(on_hand AS DOUBLE)) AS on_hand
  FROM stock
  WHERE counted_on > X_ADD_DAYS($as_of, -7 * CAST($weeks AS INT)) AND counted_on <= $as_of
  GROUP BY sku, counted_on
) AS counts
GROUP BY sku, week_no
