/* ---
what = "What a contact costs, and what an order that failed costs in contacts and returns, as far as they are known."
grain = []
[columns]
contact_cost = "rate | mean cost of a contact"
failed_cost = "rate | mean cost of what was heard about an order that failed"
--- */
SELECT AVG(CASE WHEN kind = 'contact' THEN CAST(cost AS DOUBLE) END) AS contact_cost,
       X_DIV(SUM(CASE WHEN failed = 1 THEN CAST(cost AS DOUBLE) END), COUNT(DISTINCT CASE WHEN failed = 1 THEN order_id END)) AS failed_cost
FROM heard
