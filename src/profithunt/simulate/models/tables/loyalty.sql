/* ---
what = "loyalty"
grain = ["customer_id", "moved_at", "kind"]
order_by = ["customer_id", "moved_at", "kind", "order_id", "credits", "value"]
[columns]
customer_id = "text | customer"
moved_at = "timestamp | when"
kind = "text | earn or burn"
credits = "quantity | credits"
value = "money | their value"
order_id = "text | order"
--- */
WITH earned AS (
  SELECT b.order_no, b.customer_no, b.ordered_at, FLOOR((CAST(o.value AS DOUBLE) - o.order_discount) / 2) AS credits
  FROM baskets AS b
  INNER JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
  WHERE b.member AND NOT b.guest
)
SELECT CONCAT('C', CAST(100000000 + MOD(e.customer_no * 16807 + 7, 2147483647) AS TEXT)) AS customer_id,
       X_ADD_SECONDS(e.ordered_at, n.n * 60) AS moved_at,
       CASE n.n WHEN 0 THEN 'earn' ELSE 'burn' END AS kind,
       CASE n.n WHEN 0 THEN e.credits ELSE 100 END AS credits,
       CASE n.n WHEN 0 THEN ROUND(0.02 * e.credits, 2) ELSE 2 END AS value,
       CONCAT('O', CAST(10000000000 + MOD(e.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id
FROM earned AS e
INNER JOIN numbers AS n ON n.n < CASE WHEN X_UNIFORM('loyalty.burn', e.order_no) < 0.12 AND e.credits >= 20 THEN 2 ELSE 1 END
WHERE n.n < 2
