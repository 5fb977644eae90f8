/* ---
what = "Promotions: one category at a time, now and then the whole shop; the codes that customers are sent."
grain = ["promo_no"]
[columns]
promo_no = "int | promotion"
promo_id = "text | its code"
name = "text | name"
kind = "text | promotion or voucher"
category_no = "int | category; null for a voucher"
starts_no = "int | first day"
ends_no = "int | last day"
share = "rate | discount"
funded_share = "rate | share that suppliers pay"
taken = "rate | share of lines that it reaches"
--- */
SELECT n.n AS promo_no,
       CONCAT('PR', CAST(1000 + MOD(n.n * 617 + 91, 8999) AS TEXT)) AS promo_id,
       CONCAT(c.category, ' weeks ', CAST(n.n AS TEXT)) AS name,
       'promotion' AS kind,
       c.category_no,
       14 + n.n * 21 + X_DRAW(10, 'offer.start', n.n) AS starts_no,
       14 + n.n * 21 + X_DRAW(10, 'offer.start', n.n) + 7 + X_DRAW(6, 'offer.days', n.n) AS ends_no,
       0.08 + 0.04 * X_DRAW(3, 'offer.share', n.n) AS share,
       CASE WHEN X_UNIFORM('offer.funded', n.n) < 0.35 THEN 0.5 ELSE 0 END AS funded_share,
       0.55 AS taken
FROM numbers AS n
INNER JOIN categories AS c ON c.category_no = X_DRAW(8, 'offer.category', n.n)
WHERE n.n < $n_days / 21
UNION ALL
SELECT 900 + n.n, CONCAT('PR', CAST(1000 + MOD((900 + n.n) * 617 + 91, 8999) AS TEXT)),
       CASE n.n WHEN 0 THEN 'Welcome' WHEN 1 THEN 'Newsletter' WHEN 2 THEN 'Partner' ELSE 'Thank you' END, 'voucher', NULL, -400, $n_days + 60,
       CASE n.n WHEN 0 THEN 0.1 WHEN 1 THEN 0.1 WHEN 2 THEN 0.12 ELSE 0.15 END, 0, 0
FROM numbers AS n
WHERE n.n < 4
