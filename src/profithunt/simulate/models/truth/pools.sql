/* ---
what = "Whom a problem may befall, in an order that a hash decides."
grain = ["pool", "member_no"]
[columns]
pool = "text | pool"
member_no = "int | member"
place = "int | place, from 0"
--- */
WITH selling AS (
  SELECT sku_no, style_no, partner_no, PERCENT_RANK() OVER (ORDER BY popularity DESC) AS standing,
         X_UNIFORM('pool.style', style_no) < 0.15 AS for_styles
  FROM skus
  WHERE launched_no < $n_days - 420 AND ends_no IS NULL AND (marked_no IS NULL OR marked_upto < $n_days - 380)
),
members AS (
  SELECT 'sku_best' AS pool, sku_no AS member_no FROM selling WHERE standing < 0.08 AND NOT for_styles
  UNION ALL SELECT 'sku_top', sku_no FROM selling WHERE standing >= 0.08 AND standing < 0.35 AND NOT for_styles
  UNION ALL SELECT 'sku_middle', sku_no FROM selling WHERE standing >= 0.35 AND standing < 0.75 AND NOT for_styles
  UNION ALL SELECT 'sku_pair', s.sku_no FROM selling AS s INNER JOIN skus AS p ON p.sku_no = s.partner_no AND p.launched_no < 0 AND p.ends_no IS NULL
    WHERE s.standing < 0.2 AND NOT s.for_styles AND s.partner_no <> s.sku_no
  UNION ALL SELECT 'style_top', style_no FROM selling WHERE for_styles AND standing < 0.6 GROUP BY style_no
  UNION ALL SELECT 'customer_often', customer_no FROM people
    WHERE pace > 0.024 AND begins < $n_days - 330 AND begins + n_life / pace > $n_days + 200 AND n_life >= 5 AND NOT guest
      AND NOT (pace > 0.035 AND X_UNIFORM('pool.active', customer_no) < 0.5)
  UNION ALL SELECT 'customer_active', customer_no FROM people
    WHERE pace > 0.035 AND begins < $n_days - 200 AND begins + n_life / pace > $n_days + 200 AND n_life >= 8 AND NOT guest
      AND X_UNIFORM('pool.active', customer_no) < 0.5
  UNION ALL SELECT 'keyword_much', keyword_no FROM (SELECT keyword_no, brand, PERCENT_RANK() OVER (ORDER BY weight DESC) AS standing FROM keywords) AS k
    WHERE standing < 0.25 AND NOT brand
  UNION ALL SELECT 'keyword_own', keyword_no FROM keywords WHERE brand
  UNION ALL SELECT 'term_much', k.keyword_no * 6 + n.n FROM (SELECT keyword_no, brand, RANK() OVER (ORDER BY weight DESC) AS standing FROM keywords) AS k
    INNER JOIN numbers AS n ON n.n < 6 WHERE k.standing <= 9 AND NOT k.brand AND n.n > 0
  UNION ALL SELECT 'page', page_no FROM (SELECT page_no, RANK() OVER (ORDER BY weight DESC) AS standing FROM pages WHERE page_no > 0) AS p WHERE standing <= 22
  UNION ALL SELECT 'search_much', search_no FROM (SELECT search_no, RANK() OVER (ORDER BY weight DESC) AS standing FROM searches) AS s WHERE standing <= 20
  UNION ALL SELECT 'device', 0 FROM numbers WHERE n = 0
  UNION ALL SELECT 'region', region_no FROM regions WHERE share >= 0.08
  UNION ALL SELECT 'lane', lane_no FROM lanes WHERE carrier_no < 2 AND zone <> 'C'
  UNION ALL SELECT 'postcode', n.n FROM numbers AS n WHERE n.n < 100
  UNION ALL SELECT 'carrier', carrier_no FROM carriers
  UNION ALL SELECT 'origin', n FROM numbers WHERE n < 2
  UNION ALL SELECT 'zone_far', 2 FROM numbers WHERE n = 0
  UNION ALL SELECT 'policy', 0 FROM numbers WHERE n = 0
  UNION ALL SELECT 'delivery', 0 FROM numbers WHERE n = 0
  UNION ALL SELECT 'partner', n FROM numbers WHERE n < 8
  UNION ALL SELECT 'offer_recent', promo_no FROM offers WHERE kind = 'promotion' AND starts_no >= $n_days - 165 AND ends_no < $n_days - 5
  UNION ALL SELECT 'offer_seen', promo_no FROM offers WHERE kind = 'promotion' AND starts_no >= $n_days - 182 AND ends_no < $n_days
  UNION ALL SELECT 'store', place_no FROM places WHERE kind = 'store' AND place_no < 2 + 8
  UNION ALL SELECT 'month', 0 FROM numbers WHERE n = 0
  UNION ALL SELECT 'first_channel', channel_no FROM channels WHERE channel_no IN (2, 3)
  UNION ALL SELECT 'category', category_no FROM categories WHERE returned > 0.08
)
SELECT pool, member_no, ROW_NUMBER() OVER (PARTITION BY pool ORDER BY X_UNIFORM('pool', member_no), member_no) - 1 AS place
FROM members
