/* ---
what = "Names of what was planted on, as people and detectors know it."
grain = ["problem"]
[columns]
problem = "text | problem"
key = "text | first key of the entity"
member = "text | its value"
other_key = "text | second key, where it has two"
other_member = "text | its value"
--- */
SELECT p.problem,
       CASE p.entity WHEN 'customer' THEN 'customer_id' WHEN 'style' THEN 'product_id' WHEN 'term' THEN 'search_term' WHEN 'page' THEN 'landing_page'
                     WHEN 'search' THEN 'search_term' WHEN 'lane' THEN 'carrier' WHEN 'delivery' THEN 'delivery_option' WHEN 'store' THEN 'store_id'
                     WHEN 'partner' THEN 'campaign' WHEN 'pair' THEN 'sku' WHEN 'offers' THEN 'offer' WHEN 'promotion' THEN 'promo_id'
                     WHEN 'month' THEN 'cohort' ELSE p.entity END AS key,
       CASE p.entity
         WHEN 'customer' THEN CONCAT('C', CAST(100000000 + MOD(p.member_no * 16807 + 7, 2147483647) AS TEXT))
         WHEN 'sku' THEN k.sku WHEN 'pair' THEN k.sku
         WHEN 'style' THEN CONCAT('ST', CAST(100000 + MOD(p.member_no * 7919 + 4567, 99991) AS TEXT))
         WHEN 'keyword' THEN w.keyword WHEN 'term' THEN CONCAT(w.keyword, x.word)
         WHEN 'page' THEN g.page WHEN 'search' THEN s.search_term
         WHEN 'lane' THEN l.carrier WHEN 'region' THEN r.region
         WHEN 'postcode' THEN CAST(CAST(10000 + FLOOR(p.member_no / 25) * 7000 + MOD(p.member_no, 25) * 211 AS BIGINT) AS TEXT)
         WHEN 'carrier' THEN c.carrier WHEN 'origin' THEN o.store_id WHEN 'store' THEN o.store_id
         WHEN 'delivery' THEN 'express' WHEN 'zone' THEN 'C' WHEN 'policy' THEN 'free_delivery_from' WHEN 'device' THEN 'mobile'
         WHEN 'partner' THEN CONCAT('affiliate ', CAST(p.member_no + 1 AS TEXT))
         WHEN 'promotion' THEN f.promo_id WHEN 'offers' THEN LEAST(f.promo_id, v.promo_id)
         WHEN 'month' THEN CAST(X_ADD_DAYS($starts_on, CAST(p.starts_no AS INT)) AS TEXT)
         WHEN 'channel' THEN h.channel WHEN 'category' THEN t.category
       END AS member,
       CASE p.entity WHEN 'lane' THEN 'region' WHEN 'pair' THEN 'with_sku' WHEN 'offers' THEN 'other_offer' END AS other_key,
       CASE p.entity WHEN 'lane' THEN r.region WHEN 'pair' THEN k2.sku WHEN 'offers' THEN GREATEST(f.promo_id, v.promo_id) END AS other_member
FROM planted AS p
LEFT JOIN skus AS k ON p.entity IN ('sku', 'pair') AND k.sku_no = p.member_no
LEFT JOIN skus AS k2 ON p.entity = 'pair' AND k2.sku_no = k.partner_no
LEFT JOIN keywords AS w ON p.entity IN ('keyword', 'term') AND w.keyword_no = CASE p.entity WHEN 'term' THEN FLOOR(p.member_no / 6) ELSE p.member_no END
LEFT JOIN words AS x ON p.entity = 'term' AND x.kind = 'suffix' AND x.word_no = MOD(p.member_no, 6)
LEFT JOIN pages AS g ON p.entity = 'page' AND g.page_no = p.member_no
LEFT JOIN searches AS s ON p.entity = 'search' AND s.search_no = p.member_no
LEFT JOIN lanes AS l ON p.entity = 'lane' AND l.lane_no = p.member_no
LEFT JOIN regions AS r ON p.entity IN ('lane', 'region') AND r.region_no = CASE p.entity WHEN 'lane' THEN MOD(p.member_no, 100) ELSE p.member_no END
LEFT JOIN carriers AS c ON p.entity = 'carrier' AND c.carrier_no = p.member_no
LEFT JOIN places AS o ON p.entity IN ('origin', 'store') AND o.place_no = p.member_no
LEFT JOIN offers AS f ON p.entity IN ('promotion', 'offers') AND f.promo_no = p.member_no
LEFT JOIN offers AS v ON p.entity = 'offers' AND v.promo_no = 902
LEFT JOIN channels AS h ON p.entity = 'channel' AND h.channel_no = p.member_no
LEFT JOIN categories AS t ON p.entity = 'category' AND t.category_no = p.member_no
