/* ---
what = "returns"
grain = ["return_id"]
[columns]
return_id = "text | return"
order_id = "text | order"
line_no = "int | line"
sku = "text | SKU"
quantity = "quantity | units"
returned_at = "timestamp | when"
refund = "money | paid back"
reason = "text | reason"
carriage_cost = "money | carriage"
handling_cost = "money | handling"
resaleable = "bool | can be sold again"
customer_id = "text | customer"
--- */
SELECT CONCAT('R', CAST(100000000000 + MOD((s.order_no * 16 + s.line_no) * 48271 + 19, 137438953447) AS TEXT)) AS return_id,
       CONCAT('O', CAST(10000000000 + MOD(s.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       s.line_no,
       k.sku,
       s.quantity,
       s.returned_at,
       s.refund,
       w.word AS reason,
       s.carriage_cost,
       s.handling_cost,
       s.resaleable,
       CASE WHEN NOT b.guest THEN CONCAT('C', CAST(100000000 + MOD(b.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id
FROM sent_back AS s
INNER JOIN baskets AS b ON b.world = s.world AND b.order_no = s.order_no
INNER JOIN skus AS k ON k.sku_no = s.sku_no
INNER JOIN words AS w ON w.kind = 'reason' AND w.word_no = s.reason_no
