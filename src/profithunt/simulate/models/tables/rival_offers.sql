/* ---
what = "rival_offers"
grain = ["checked_at", "competitor", "offer_id"]
[columns]
checked_at = "timestamp | when"
competitor = "text | competitor"
offer_id = "text | key of the offer there"
title = "text | name of the offer"
brand = "text | brand"
price = "money | price"
shipping = "money | delivery charge"
delivery_days = "rate | promised days"
in_stock = "bool | could be bought"
url = "text | page"
--- */
SELECT X_ADD_SECONDS(CAST(d.day AS TIMESTAMP), 18000) AS checked_at,
       'Stoffhaus Feed' AS competitor,
       CONCAT('F', CAST(k.sku_no AS TEXT)) AS offer_id,
       CONCAT(UPPER(b.word), ' ', k.name, ', ', col.word,
              CASE WHEN c.sized AND c.category <> 'shoes' THEN CONCAT(', Gr. ', CASE MOD(k.sku_no, 4) WHEN 0 THEN 'S' WHEN 1 THEN 'M' WHEN 2 THEN 'L' ELSE 'XL' END) ELSE '' END) AS title,
       b.word AS brand,
       ROUND(k.price * (1.06 + 0.02 * X_NORMAL('feed.price', k.sku_no)), 2) AS price,
       4.95 AS shipping,
       4 AS delivery_days,
       X_UNIFORM('feed.stock', k.sku_no, d.day_no) < 0.93 AS in_stock,
       CONCAT('https://stoffhaus.example/', CAST(k.sku_no AS TEXT)) AS url
FROM skus AS k
INNER JOIN styles AS s ON s.style_no = k.style_no
INNER JOIN categories AS c ON c.category_no = k.category_no
INNER JOIN words AS b ON b.kind = 'brand' AND b.word_no = s.brand_no
INNER JOIN words AS col ON col.kind = 'colour'
  AND col.word_no = CASE WHEN c.sized THEN X_DRAW(8, 'style.colour', k.style_no) ELSE MOD(k.style_no + 2 * MOD(k.sku_no, 4), 8) END
INNER JOIN days AS d ON MOD(d.day_no, 7) = 2 AND d.day_no >= $n_days - $log_days AND d.day_no >= k.launched_no
LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = k.sku_no
WHERE X_UNIFORM('feed.range', k.style_no) < 0.2 AND l.lever IS NULL
