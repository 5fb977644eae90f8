/* ---
what = "customer_events"
grain = ["customer_id", "occurred_at", "kind"]
order_by = ["customer_id", "occurred_at", "kind", "value"]
[columns]
customer_id = "text | customer"
occurred_at = "timestamp | when"
kind = "text | what"
value = "text | detail"
--- */
SELECT CONCAT('C', CAST(100000000 + MOD(b.customer_no * 16807 + 7, 2147483647) AS TEXT)) AS customer_id,
       X_ADD_SECONDS(b.ordered_at, 120) AS occurred_at,
       a.action AS kind,
       CAST(NULL AS TEXT) AS value
FROM baskets AS b
INNER JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
INNER JOIN actions AS a ON b.acts LIKE CONCAT('%', a.action, ' %')
WHERE NOT b.guest
UNION ALL
SELECT CONCAT('C', CAST(100000000 + MOD(p.customer_no * 16807 + 7, 2147483647) AS TEXT)),
       CAST(X_ADD_DAYS($starts_on, CAST(f.starts_no AS INT)) AS TIMESTAMP),
       'promotion_holdout',
       f.promo_id
FROM people AS p
CROSS JOIN offers AS f
WHERE f.kind = 'promotion' AND f.starts_no < $n_days AND NOT p.guest AND X_DRAW(10, 'holdout', p.customer_no, f.promo_no) = 0
  AND p.begins < f.starts_no AND f.starts_no >= $n_days - $log_days
