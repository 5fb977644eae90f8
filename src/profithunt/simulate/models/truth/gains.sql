/* ---
what = "For each problem, what this part of the world would have earned without it less what it earned: orders, visits that led to them, clicks; and how far that rests on single customers."
grain = ["problem"]
[columns]
problem = "text | problem"
gained = "money | over the days of the world"
late = "money | the part of it that falls into the last half year"
gained_sq = "rate | the whole, squared customer by customer and added up: the square of what chance makes of it"
n_orders = "int | orders that it touched"
--- */
WITH amounts AS (
  SELECT m.world AS problem, d.customer_no, d.day_no, m.profit AS gained, 0 AS n_orders
  FROM order_money AS m
  INNER JOIN drafts AS d ON d.world = m.world AND d.order_no = m.order_no
  UNION ALL
  SELECT v.world, v.customer_no, v.day_no, -v.cost, 0 FROM visits AS v WHERE v.cost > 0
  UNION ALL
  SELECT t.problem, d.customer_no, d.day_no, -m.profit, 1
  FROM touched_orders AS t
  INNER JOIN money_as_is AS m ON m.order_no = t.order_no
  INNER JOIN drafts_as_is AS d ON d.order_no = t.order_no
  UNION ALL
  SELECT t.problem, v.customer_no, v.day_no, v.cost, 0 FROM touched_orders AS t INNER JOIN visits_as_is AS v ON v.order_no = t.order_no
  UNION ALL
  SELECT b.world, b.customer_no, d.day_no, -m.profit, 1
  FROM befallen AS b
  INNER JOIN drafts_as_is AS d ON d.customer_no = b.customer_no
  INNER JOIN money_as_is AS m ON m.order_no = d.order_no
  UNION ALL
  SELECT b.world, b.customer_no, v.day_no, v.cost, 0 FROM befallen AS b INNER JOIN visits_as_is AS v ON v.customer_no = b.customer_no
  UNION ALL
  SELECT l.problem, v.customer_no, v.day_no, v.cost, 0
  FROM visits_as_is AS v
  INNER JOIN levers AS l ON l.family = 'keyword' AND l.member_no = v.keyword_no AND v.day_no >= l.starts_no AND v.day_no <= l.ends_no
  WHERE v.order_no IS NULL AND (l.lever IN ('dear_clicks', 'own_name') OR l.lever = 'dead_clicks' AND X_UNIFORM('visit.dead', v.visit_no) < l.strength)
  UNION ALL
  SELECT l.problem, v.customer_no, v.day_no, v.cost, 0
  FROM visits_as_is AS v
  INNER JOIN levers AS l ON l.family = 'term' AND l.member_no = v.term_no AND v.day_no >= l.starts_no AND v.day_no <= l.ends_no
  WHERE v.order_no IS NULL
),
by_customer AS (
  SELECT problem, customer_no, SUM(gained) AS gained,
         SUM(CASE WHEN day_no >= $n_days - 182 THEN gained ELSE 0 END) AS late,
         SUM(n_orders) AS n_orders
  FROM amounts
  GROUP BY problem, customer_no
)
SELECT problem, SUM(gained) AS gained, SUM(late) AS late, SUM(POWER(CAST(gained AS DOUBLE), 2)) AS gained_sq, SUM(n_orders) AS n_orders
FROM by_customer
GROUP BY problem
