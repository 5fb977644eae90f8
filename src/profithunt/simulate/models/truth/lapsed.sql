/* ---
what = "Good customers who dropped out by themselves, six to thirteen months before the end: what they would have gone on to bring."
grain = ["number", "customer_no"]
[columns]
number = "int | detector of the catalogue that it belongs to"
customer_no = "int | customer"
money_28 = "money | profit of 28 days at their own pace"
--- */
WITH mean_order AS (
  SELECT AVG(CAST(profit AS DOUBLE)) AS profit FROM order_money
),
worth AS (
  SELECT p.customer_no, p.n_life,
         28 * p.pace * m.profit * (1 + $mean_extra_lines * p.size_factor) / (1 + $mean_extra_lines) AS money_28
  FROM people AS p
  CROSS JOIN mean_order AS m
  WHERE NOT p.guest
),
good AS (
  SELECT X_PERCENTILE(money_28, 0.8) AS money_28 FROM worth
),
last_orders AS (
  SELECT customer_no, MAX(place) AS place, MAX(day_no) AS day_no FROM drafts WHERE NOT extra GROUP BY customer_no
)
SELECT 5 AS number, w.customer_no, w.money_28
FROM worth AS w
CROSS JOIN good AS g
INNER JOIN last_orders AS o ON o.customer_no = w.customer_no AND o.place = w.n_life - 1
LEFT JOIN levers AS l ON l.family = 'customer' AND l.member_no = w.customer_no
WHERE w.money_28 > 0 AND w.money_28 >= g.money_28 AND o.day_no < $n_days - 182 AND o.day_no >= $n_days - 395
  AND (l.problem IS NULL OR l.lever <> 'stops')
