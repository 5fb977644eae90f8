/* ---
what = "Customers whose whole history a problem changes: they are lived again without it."
grain = ["world", "customer_no"]
[columns]
world = "text | problem"
customer_no = "int | customer"
--- */
SELECT l.problem AS world, p.customer_no
FROM people AS p
INNER JOIN levers AS l ON l.family = 'keyword' AND l.lever = 'rich' AND l.member_no = p.keyword_no
UNION ALL
SELECT l.problem, p.customer_no
FROM people AS p
INNER JOIN levers AS l ON l.family = 'gateway' AND l.member_no = p.first_sku_no AND p.begins_no >= l.starts_no
UNION ALL
SELECT l.problem, p.customer_no
FROM people AS p
INNER JOIN levers AS l ON l.family = 'month' AND p.begins_no >= l.starts_no AND p.begins_no <= l.ends_no
WHERE p.bought_by > 0
UNION ALL
SELECT l.problem, p.customer_no
FROM people AS p
INNER JOIN levers AS l ON l.family = 'first_channel' AND l.member_no = p.channel_no AND p.begins_no >= l.starts_no
WHERE X_UNIFORM('people.once', p.customer_no) < l.strength
