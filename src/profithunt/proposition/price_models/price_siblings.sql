/* ---
what = "Own prices of all SKUs of the styles that are compared, so that no pack undercuts another of the shop's own."
grain = ["sku"]
working = true
[columns]
sku = "text | SKU"
product_id = "text | style"
name = "text | name"
size = "text | size"
colour = "text | colour"
pack_size = "text | what one unit holds, as written"
price = "rate | own price: today's, else as paid lately, else as listed"
--- */
SELECT p.sku, p.product_id, p.name, p.size, p.colour, p.pack_size,
       COALESCE(CAST(o.price AS DOUBLE), s.shelf_price, s.shelf_price_long, CAST(p.list_price AS DOUBLE)) AS price
FROM products AS p
JOIN (
  SELECT products.product_id
  FROM products
  JOIN price_terms ON price_terms.sku = products.sku
  WHERE products.product_id IS NOT NULL
  GROUP BY products.product_id
) AS compared ON compared.product_id = p.product_id
LEFT JOIN own_prices AS o ON o.sku = p.sku AND o.ends_on IS NULL
LEFT JOIN sku_prices AS s ON s.sku = p.sku
