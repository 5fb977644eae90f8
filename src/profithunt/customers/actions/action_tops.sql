/* ---
what = "The categories and channels whose shares tell customers apart: the largest eight and four."
grain = ["dimension", "place"]
kind = "view"
[columns]
dimension = "text | category or channel"
place = "int | 1 is the largest by sales"
member = "text | its name"
--- */
SELECT 'category' AS dimension, place, member
FROM (
  SELECT products.category AS member,
         ROW_NUMBER() OVER (ORDER BY SUM(ledger.list_sales) DESC NULLS LAST, products.category ASC NULLS LAST) AS place
  FROM ledger
  INNER JOIN products ON products.sku = ledger.sku
  WHERE ledger.entry = 'line' AND products.category IS NOT NULL
  GROUP BY products.category
) AS categories
WHERE place <= 8
UNION ALL
SELECT 'channel', place, member
FROM (
  SELECT channel AS member, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC NULLS LAST, channel ASC NULLS LAST) AS place
  FROM orders
  WHERE channel IS NOT NULL
  GROUP BY channel
) AS channels
WHERE place <= 4
