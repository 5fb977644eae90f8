/* ---
what = "reviews"
grain = ["review_id"]
[columns]
review_id = "text | review"
reviewed_at = "timestamp | when"
customer_id = "text | customer"
order_id = "text | order"
sku = "text | SKU"
rating = "rate | rating"
verbatim = "text | words"
--- */
WITH rated AS (
  SELECT i.order_no, i.line_no, b.guest, b.customer_no, k.sku, i.back, b.ordered_at,
         X_DRAW(2, 'review.rating', i.order_no, i.line_no) AS low,
         5 + X_DRAW(12, 'review.wait', i.order_no, i.line_no) AS wait,
         b.day_no
  FROM items AS i
  INNER JOIN baskets AS b ON b.world = i.world AND b.order_no = i.order_no
  INNER JOIN skus AS k ON k.sku_no = i.sku_no
  WHERE i.lost IS NULL AND X_UNIFORM('review', i.order_no, i.line_no) < 0.03
)
SELECT CONCAT('W', CAST(100000000000 + MOD((order_no * 16 + line_no) * 48271 + 31, 137438953447) AS TEXT)) AS review_id,
       X_ADD_SECONDS(ordered_at, 86400 * wait) AS reviewed_at,
       CASE WHEN NOT guest THEN CONCAT('C', CAST(100000000 + MOD(customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       CONCAT('O', CAST(10000000000 + MOD(order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       sku,
       CASE WHEN back THEN 1 + low ELSE 5 - low END AS rating,
       CASE WHEN back THEN 'Not what I expected.' WHEN low = 0 THEN 'Very good.' ELSE 'Fine.' END AS verbatim
FROM rated
WHERE day_no + wait < $n_days
