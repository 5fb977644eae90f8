/* ---
what = "The last count of the stock of one SKU and its sizes, by place."
--- */
WITH siblings AS (
  SELECT others.sku AS sku, others.size AS size
  FROM products AS mine
  JOIN products AS others ON others.product_id = mine.product_id
  WHERE mine.sku = $sku
  UNION
  SELECT sku, size FROM products WHERE sku = $sku
),
last_counts AS (
  SELECT stock.sku AS sku, stock.place_id AS place_id, stock.on_hand AS on_hand, stock.on_order AS on_order,
         stock.counted_on AS counted_on,
         ROW_NUMBER() OVER (PARTITION BY stock.sku, stock.place_id ORDER BY stock.counted_on DESC) AS place
  FROM stock
  JOIN siblings ON siblings.sku = stock.sku
)
SELECT siblings.sku AS sku, MAX(siblings.size) AS size, SUM(last_counts.on_hand) AS on_hand,
       SUM(last_counts.on_order) AS on_order, MAX(last_counts.counted_on) AS counted_on,
       MAX(sku_profit.units) AS units, MAX(sku_profit.cm3) AS cm3
FROM siblings
LEFT JOIN last_counts ON last_counts.sku = siblings.sku AND last_counts.place = 1
LEFT JOIN sku_profit ON sku_profit.sku = siblings.sku
GROUP BY siblings.sku
ORDER BY sku
LIMIT 40
