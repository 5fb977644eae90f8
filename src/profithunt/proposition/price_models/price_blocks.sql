/* ---
what = "Units and prices of each SKU by blocks of 28 days back from the last day."
grain = ["sku", "block"]
working = true
[columns]
sku = "text | SKU"
category = "text | category, empty where none is known"
block = "int | 0 for the last 28 days"
units = "rate | units ordered"
price = "rate | net price of a unit before returns, ex tax, promotions taken off"
category_units = "rate | units of its category in the block"
--- */
WITH sold AS (
  SELECT l.sku, COALESCE(p.category, '') AS category, CAST(FLOOR(X_DAYS_BETWEEN(l.ordered_on, $as_of) / 28) AS BIGINT) AS block,
         SUM(l.quantity) AS units,
         X_DIV(SUM(l.list_sales + l.markdown + l.promotion), SUM(l.quantity)) AS price
  FROM ledger AS l
  LEFT JOIN products AS p ON p.sku = l.sku
  WHERE l.entry = 'line' AND l.quantity > 0 AND l.sku IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($as_of, -$history_days) AND l.ordered_on <= $as_of
  GROUP BY l.sku, COALESCE(p.category, ''), CAST(FLOOR(X_DAYS_BETWEEN(l.ordered_on, $as_of) / 28) AS BIGINT)
)
SELECT sku, category, block, CAST(units AS DOUBLE) AS units, price,
       CAST(SUM(units) OVER (PARTITION BY category, block) AS DOUBLE) AS category_units
FROM sold
