SELECT o.customer_id, X_DIV(COUNT(c.contact_id), COUNT(DISTINCT o.order_id)) AS rate
FROM orders AS o LEFT JOIN contacts AS c ON c.order_id = o.order_id
WHERE o.customer_id IS NOT NULL
GROUP BY o.customer_id
