/* ---
what = "products"
grain = ["sku"]
[columns]
sku = "text | SKU"
product_id = "text | style"
name = "text | name"
brand = "text | brand"
category = "text | category"
subcategory = "text | subcategory"
size = "text | size"
colour = "text | colour"
supplier = "text | supplier"
unit_cost = "money | cost"
list_price = "money | price"
tax_rate = "rate | tax"
weight_kg = "rate | weight"
own_label = "bool | own label"
launched_on = "date | launch"
season_ends_on = "date | end of season"
lead_time_days = "int | lead time"
--- */
SELECT k.sku,
       k.product_id,
       CASE WHEN c.sized THEN k.name ELSE CONCAT(k.name, ' ', col.word) END AS name,
       b.word AS brand,
       c.category,
       CONCAT(f.word, ' ', c.category) AS subcategory,
       CASE WHEN c.category = 'shoes' THEN CAST(37 + MOD(k.sku_no, 4) + 2 * X_DRAW(2, 'style.last', k.style_no) AS TEXT)
            WHEN c.sized THEN CASE MOD(k.sku_no, 4) WHEN 0 THEN 'S' WHEN 1 THEN 'M' WHEN 2 THEN 'L' ELSE 'XL' END END AS size,
       col.word AS colour,
       CONCAT('Supplier ', CAST(1 + MOD(s.brand_no * 3 + X_DRAW(3, 'style.supplier', k.style_no), 45) AS TEXT)) AS supplier,
       CASE WHEN l.lever = 'no_cost' THEN NULL WHEN l.lever = 'dear' THEN ROUND(k.price * l.strength, 2) ELSE k.cost END AS unit_cost,
       ROUND(k.price, 2) AS list_price,
       0.19 AS tax_rate,
       k.weight_kg,
       s.own_label,
       X_ADD_DAYS($starts_on, CAST(k.launched_no AS INT)) AS launched_on,
       X_ADD_DAYS($starts_on, CAST(CASE WHEN l.lever = 'overbought' THEN LEAST(COALESCE(k.ends_no, 99999), $n_days + 50) ELSE k.ends_no END AS INT)) AS season_ends_on,
       k.lead_time_days
FROM skus AS k
INNER JOIN styles AS s ON s.style_no = k.style_no
INNER JOIN categories AS c ON c.category_no = k.category_no
INNER JOIN words AS b ON b.kind = 'brand' AND b.word_no = s.brand_no
INNER JOIN words AS f ON f.kind = 'form' AND f.word_no = s.form_no
INNER JOIN words AS col ON col.kind = 'colour'
  AND col.word_no = CASE WHEN c.sized THEN X_DRAW(8, 'style.colour', k.style_no) ELSE MOD(k.style_no + 2 * MOD(k.sku_no, 4), 8) END
LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = k.sku_no AND l.lever IN ('no_cost', 'dear', 'overbought')
