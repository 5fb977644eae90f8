/* ---
what = "competitor_prices"
grain = ["checked_at", "sku", "competitor"]
[columns]
checked_at = "timestamp | when"
sku = "text | SKU"
competitor = "text | competitor"
price = "money | price"
shipping = "money | delivery charge"
delivery_days = "rate | promised days"
in_stock = "bool | could be bought"
url = "text | page"
--- */
WITH rivals AS (
  SELECT n.n AS rival_no, CASE n.n WHEN 0 THEN 'Modehaus Nordsee' WHEN 1 THEN 'Garderobe24' ELSE 'Kleiderwerk' END AS competitor
  FROM numbers AS n WHERE n.n < 3
)
SELECT X_ADD_SECONDS(CAST(d.day AS TIMESTAMP), 14400) AS checked_at,
       k.sku,
       r.competitor,
       ROUND(k.price * (1 + 0.04 * X_NORMAL('rival.price', k.sku_no, r.rival_no) + 0.01 * X_NORMAL('rival.week', k.sku_no * 4 + r.rival_no, d.day_no))
             * CASE WHEN l.lever = 'undercut' THEN 1 - 0.2 * l.strength ELSE 1 END, 2) AS price,
       CASE WHEN l.lever = 'undercut' THEN 0 ELSE 3.95 END AS shipping,
       CASE WHEN l.lever = 'undercut' THEN 2 ELSE 3 + r.rival_no END AS delivery_days,
       X_UNIFORM('rival.stock', k.sku_no * 4 + r.rival_no, d.day_no) < 0.93 AS in_stock,
       CONCAT('https://', LOWER(REPLACE(r.competitor, ' ', '-')), '.example/', LOWER(k.sku)) AS url
FROM skus AS k
CROSS JOIN rivals AS r
INNER JOIN days AS d ON MOD(d.day_no, 7) = 2 AND d.day_no >= $n_days - $log_days AND d.day_no >= k.launched_no
LEFT JOIN levers AS l ON l.family = 'sku' AND l.lever IN ('undercut', 'underpriced', 'overpriced') AND l.member_no = k.sku_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
WHERE X_UNIFORM('rival.range', k.style_no, r.rival_no) < 0.4 OR l.lever IS NOT NULL AND r.rival_no = 0
