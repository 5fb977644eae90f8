/* ---
what = "price_changes"
grain = ["sku", "changed_at"]
[columns]
sku = "text | SKU"
changed_at = "timestamp | from"
price = "money | price"
kind = "text | kind"
--- */
WITH changes AS (
  SELECT sku_no, launched_no AS day_no, price, 'full' AS kind, 0 AS place FROM skus
  UNION ALL
  SELECT sku_no, marked_no, price * (1 - marked_by), 'markdown', 1 FROM skus
  WHERE marked_no IS NOT NULL AND marked_no > launched_no
  UNION ALL
  SELECT sku_no, marked_upto + 1, price, 'full', 2 FROM skus WHERE marked_no IS NOT NULL AND marked_upto > launched_no
  UNION ALL
  SELECT k.sku_no, l.starts_no, k.price * CASE l.lever WHEN 'overpriced' THEN 1 + l.strength ELSE 1 - l.strength END,
         CASE l.lever WHEN 'marked_down' THEN 'markdown' ELSE 'full' END, 3
  FROM skus AS k
  INNER JOIN levers AS l ON l.family = 'sku' AND l.member_no = k.sku_no AND l.lever IN ('marked_down', 'underpriced', 'overpriced')
),
placed AS (
  SELECT sku_no, day_no, price, kind, ROW_NUMBER() OVER (PARTITION BY sku_no, day_no ORDER BY place DESC) AS place FROM changes
)
SELECT k.sku, CAST(X_ADD_DAYS($starts_on, CAST(p.day_no AS INT)) AS TIMESTAMP) AS changed_at, ROUND(p.price, 2) AS price, p.kind
FROM placed AS p
INNER JOIN skus AS k ON k.sku_no = p.sku_no
WHERE p.place = 1 AND p.day_no < $n_days
