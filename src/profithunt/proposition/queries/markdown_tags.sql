/* ---
what = "Prices on the tag: the last of each week in which it was changed, and the one before the first of these weeks."
grain = ["sku", "week_no"]
[columns]
sku = "text | SKU"
week_no = "int | weeks before the last one, which is 0; changes before all weeks count in the first of them"
price = "rate | price as it stood on the tag"
[checks]
unique = true
--- */
SELECT sku, week_no, price
FROM (
  SELECT sku, price, week_no, ROW_NUMBER() OVER (PARTITION BY sku, week_no ORDER BY changed_at DESC, price) AS place
  FROM (
    SELECT sku, changed_at, CAST(price AS DOUBLE) AS price,
           LEAST(CAST(FLOOR(X_DAYS_BETWEEN(X_DAY(changed_at), $as_of) / 7) AS BIGINT), CAST($weeks AS INT) - 1) AS week_no
    FROM price_changes
    WHERE X_DAY(changed_at) <= $as_of AND price > 0
  ) AS changes
) AS placed
WHERE place = 1
