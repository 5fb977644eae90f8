/* ---
what = "Customers of the better half who dropped out by themselves, six to thirteen months before the end: what they would have gone on to bring."
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
  SELECT p.customer_no,
         28 * p.pace * m.profit * (1 + $mean_extra_lines * p.size_factor) / (1 + $mean_extra_lines) AS money_28
  FROM people AS p
  CROSS JOIN mean_order AS m
  WHERE NOT p.guest
),
good AS (
  SELECT X_PERCENTILE(money_28, 0.5) AS money_28 FROM worth
),
-- When the last order of a life falls, by the law that drafts follow: nobody who is only asleep has dropped out.
lives AS (
  SELECT p.customer_no,
         MIN(p.begins) + SUM(CASE WHEN n.n = 0 THEN 0
             ELSE -LN(X_UNIFORM('order.gap', p.customer_no, n.n)) / p.pace
                  + CASE WHEN X_UNIFORM('order.sleep', p.customer_no, n.n) < $sleep_share THEN $sleep_days ELSE 0 END END) AS ends_at
  FROM people AS p
  INNER JOIN numbers AS n ON n.n < LEAST(p.n_life, 14 + 2.2 * p.pace * $n_days)
  WHERE n.n < 120
  GROUP BY p.customer_no
),
last_orders AS (
  SELECT customer_no, MAX(day_no) AS day_no FROM drafts GROUP BY customer_no
)
SELECT 5 AS number, w.customer_no, w.money_28
FROM worth AS w
CROSS JOIN good AS g
INNER JOIN lives AS e ON e.customer_no = w.customer_no AND e.ends_at < $n_days
INNER JOIN last_orders AS o ON o.customer_no = w.customer_no
LEFT JOIN levers AS l ON l.family = 'customer' AND l.member_no = w.customer_no
WHERE w.money_28 > 0 AND w.money_28 >= g.money_28 AND o.day_no < $n_days - 182 AND o.day_no >= $n_days - 395
  AND (l.problem IS NULL OR l.lever <> 'stops')
