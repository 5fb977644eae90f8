/* ---
what = "SKUs: four of each style, sizes where the category has sizes, else colours."
grain = ["sku_no"]
[columns]
sku_no = "int | SKU"
sku = "text | its code"
style_no = "int | style"
product_id = "text | code of the style"
category_no = "int | category"
name = "text | name as sold"
price = "rate | list price"
cost = "rate | cost of a unit"
popularity = "rate | how well it sells, relative"
weight_kg = "rate | weight"
units_more = "rate | chance of more than one unit on a line"
returned = "rate | chance that a line comes back"
lag_days = "rate | mean days until it does"
launched_no = "int | day of launch"
ends_no = "int | day on which its season ends"
marked_no = "int | first day of a markdown"
marked_upto = "int | last day of it"
marked_by = "rate | its depth"
lead_time_days = "int | days from order to receipt"
cycle_days = "int | days between two deliveries from the supplier"
partner_no = "int | SKU that goes with it"
taste = "rate | where it stands among tastes, 0 to 1"
--- */
SELECT n.n AS sku_no,
       CONCAT('SKU', CAST(1000000 + MOD(n.n * 48271 + 12345, 999983) AS TEXT)) AS sku,
       s.style_no,
       CONCAT('ST', CAST(100000 + MOD(s.style_no * 7919 + 4567, 99991) AS TEXT)) AS product_id,
       s.category_no,
       CONCAT(b.word, ' ', f.word, ' ', g.word) AS name,
       s.price,
       ROUND(s.price * s.cost_ratio, 2) AS cost,
       s.popularity * CASE MOD(n.n, 4) WHEN 0 THEN 0.20 WHEN 1 THEN 0.34 WHEN 2 THEN 0.29 ELSE 0.17 END AS popularity,
       ROUND(c.weight_kg * EXP(0.3 * X_NORMAL('sku.weight', s.style_no)), 3) AS weight_kg,
       c.units_more,
       s.returned,
       c.lag_days,
       s.launched_no,
       s.ends_no,
       s.marked_no,
       s.marked_no + s.marked_days AS marked_upto,
       s.marked_by,
       s.lead_time_days,
       14 + 7 * X_DRAW(3, 'sku.cycle', n.n) AS cycle_days,
       X_DRAW($n_skus, 'sku.partner', s.style_no) AS partner_no,
       X_DIV(RANK() OVER (ORDER BY s.category_no, s.style_no, n.n), $n_skus) AS taste
FROM numbers AS n
INNER JOIN styles AS s ON s.style_no = FLOOR(n.n / 4)
INNER JOIN categories AS c ON c.category_no = s.category_no
INNER JOIN words AS b ON b.kind = 'brand' AND b.word_no = s.brand_no
INNER JOIN words AS f ON f.kind = 'form' AND f.word_no = s.form_no
INNER JOIN words AS g ON g.kind = 'goods' AND g.word_no = s.category_no
WHERE n.n < $n_skus
