/* ---
what = "promotions"
grain = ["promo_id"]
[columns]
promo_id = "text | promotion"
name = "text | name"
kind = "text | kind"
starts_at = "timestamp | from"
ends_at = "timestamp | to"
mechanic = "text | how it works"
funded_share = "rate | paid by suppliers"
--- */
SELECT f.promo_id, f.name, f.kind,
       CAST(X_ADD_DAYS($starts_on, CAST(f.starts_no AS INT)) AS TIMESTAMP) AS starts_at,
       X_ADD_SECONDS(CAST(X_ADD_DAYS($starts_on, CAST(f.ends_no AS INT)) AS TIMESTAMP), 86399) AS ends_at,
       CASE f.kind WHEN 'voucher' THEN CONCAT(CAST(CAST(ROUND(100 * f.share, 0) AS BIGINT) AS TEXT), ' % off the order')
            ELSE CONCAT(CAST(CAST(ROUND(100 * f.share, 0) AS BIGINT) AS TEXT), ' % off ', c.category) END AS mechanic,
       f.funded_share
FROM offers AS f
LEFT JOIN categories AS c ON c.category_no = f.category_no
