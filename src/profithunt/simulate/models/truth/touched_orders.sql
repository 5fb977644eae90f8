/* ---
what = "Orders that a problem may have changed, placed or prevented: they are run again without it."
grain = ["problem", "order_no"]
[columns]
problem = "text | problem"
order_no = "int | order"
--- */
WITH hit AS (
  SELECT l.problem, i.order_no
  FROM items AS i
  INNER JOIN levers AS l ON l.family = 'sku' AND l.lever <> 'pushed' AND l.member_no = i.sku_no AND i.day_no >= l.starts_no AND i.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, i.order_no
  FROM items AS i
  INNER JOIN skus AS k ON k.sku_no = i.sku_no
  INNER JOIN displacing AS l ON l.category_no = k.category_no AND i.day_no >= l.starts_no AND i.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, i.order_no
  FROM items AS i
  INNER JOIN skus AS k ON k.sku_no = i.sku_no
  INNER JOIN levers AS l ON l.family = 'category' AND l.member_no = k.category_no AND i.day_no >= l.starts_no AND i.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, i.order_no
  FROM items AS i
  INNER JOIN levers AS l ON l.family = 'pair' AND l.member_no = i.sku_no AND i.line_no = 1 AND i.day_no >= l.starts_no
  UNION ALL
  SELECT l.problem, i.order_no
  FROM items AS i
  INNER JOIN levers AS l ON l.family IN ('promotion', 'stack') AND l.member_no = i.promo_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'customer' AND l.member_no = d.customer_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'keyword' AND l.lever <> 'rich' AND l.member_no = d.keyword_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'term' AND l.member_no = d.term_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'page' AND l.member_no = d.page_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'search' AND l.member_no = d.search_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'device' AND l.member_no = d.device_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'region' AND l.member_no = d.region_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'store' AND l.member_no = d.home_no AND d.store_person AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'postcode' AND l.member_no = d.postcode_no AND d.channel <> 'store' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'lane' AND l.member_no = d.carrier_no * 100 + d.region_no AND d.channel <> 'store' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family IN ('asked', 'bill', 'late_week') AND l.member_no = d.carrier_no AND d.channel <> 'store' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'origin' AND l.member_no = d.origin_no AND d.channel <> 'store' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'policy' AND d.channel <> 'store' AND d.delivery = 'standard' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'delivery' AND d.delivery = 'express' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN regions AS r ON r.region_no = d.region_no AND r.zone = 'C'
  INNER JOIN levers AS l ON l.family = 'zone' AND d.channel <> 'store' AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  UNION ALL
  SELECT l.problem, d.order_no FROM drafts AS d
  INNER JOIN levers AS l ON l.family = 'partner' AND d.is_online AND d.visit_channel_no <> 4 AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
    AND X_UNIFORM('poached', d.order_no) < l.strength
)
SELECT problem, order_no FROM hit GROUP BY problem, order_no
