/* ---
what = "Own SKUs as offers are matched to them."
grain = ["sku"]
[columns]
sku = "text | SKU"
name = "text | name"
brand = "text | brand"
gtin = "text | trade item number"
model = "text | model number"
size = "text | size"
colour = "text | colour"
pack_size = "text | what one unit holds"
price = "rate | list price, else as paid lately"
--- */
WITH paid AS (
  SELECT l.sku, X_DIV(SUM(CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE)), SUM(l.quantity)) AS price
  FROM order_lines AS l
  JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.unit_price > 0 AND l.quantity > 0 AND X_DAY(o.ordered_at) > X_ADD_DAYS($as_of, -182)
  GROUP BY l.sku
)
SELECT p.sku, p.name, p.brand, p.gtin, p.model, p.size, p.colour, p.pack_size, COALESCE(paid.price, CAST(p.list_price AS DOUBLE)) AS price
FROM products AS p
LEFT JOIN paid ON paid.sku = p.sku
ORDER BY p.sku
