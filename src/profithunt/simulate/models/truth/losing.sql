/* ---
what = "Customers on whom another problem was planted, and what it makes them besides: those who are served at a loss (1), those who hardly buy without a voucher (3)."
grain = ["number", "customer_no"]
[columns]
number = "int | detector of the catalogue that it belongs to"
customer_no = "int | customer"
money_28 = "money | loss, or discount that sold nothing more, of 28 days"
--- */
WITH costs AS (
  SELECT order_no, SUM(cost) AS cost FROM visits WHERE order_no IS NOT NULL GROUP BY order_no
),
served AS (
  SELECT l.member_no AS customer_no, l.lever, l.absent, l.ends_no - l.starts_no + 1 AS n_days,
         SUM(CAST(m.profit AS DOUBLE) - COALESCE(c.cost, 0)) AS profit,
         SUM(CAST(o.order_discount AS DOUBLE)) AS discount
  FROM levers AS l
  INNER JOIN drafts AS d ON d.customer_no = l.member_no AND d.day_no >= l.starts_no AND d.day_no <= l.ends_no
  INNER JOIN order_money AS m ON m.order_no = d.order_no
  INNER JOIN bought AS o ON o.order_no = d.order_no
  LEFT JOIN costs AS c ON c.order_no = d.order_no
  WHERE l.family = 'customer' AND l.lever IN ('vouchers', 'sends_back', 'asks')
  GROUP BY l.member_no, l.lever, l.absent, l.ends_no - l.starts_no + 1
)
SELECT 1 AS number, customer_no, -profit * X_DIV(28, n_days) AS money_28
FROM served
WHERE profit < 0 AND NOT (lever = 'vouchers' AND absent)
UNION ALL
SELECT 3, customer_no, discount * X_DIV(28, n_days)
FROM served
WHERE lever = 'vouchers' AND absent AND discount > 0
