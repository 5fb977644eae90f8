/* ---
what = "What each action does to the profit of the time after it, by running what it brings or costs: mean effects on all, on those who acted, on those who might or might not have."
grain = ["action"]
[columns]
action = "text | action"
n_eligible = "int | customers with a first order in the window who had not acted before"
n_acted = "int | of these, those who acted at that order"
ate = "rate | mean effect on all, shop currency a customer: acting at the index order against not acting at it"
att = "rate | on those who acted"
ato = "rate | weighted by how open it was whether they act"
ate_never = "rate | on all, against never acting in the time"
propensity = "rate | mean chance of acting at the index order"
profit_acted = "rate | mean profit of the time after, of those who acted"
profit_not = "rate | the same of the others: the naive difference misleads"
--- */
WITH base AS (
  SELECT d.customer_no, d.place, d.slot / 8.0 AS at, d.day_no, COALESCE(m.profit, 0) - COALESCE(v.cost, 0) AS profit
  FROM drafts AS d
  LEFT JOIN order_money AS m ON m.world = d.world AND m.order_no = d.order_no
  LEFT JOIN visits AS v ON v.world = d.world AND v.order_no = d.order_no
  WHERE NOT d.extra
),
more AS (
  SELECT d.customer_no, d.place, d.day_no, COALESCE(m.profit, 0) - COALESCE(v.cost, 0) AS profit
  FROM drafts AS d
  LEFT JOIN order_money AS m ON m.world = d.world AND m.order_no = d.order_no
  LEFT JOIN visits AS v ON v.world = d.world AND v.order_no = d.order_no
  WHERE d.extra
),
index_orders AS (
  SELECT customer_no, MIN(place) AS place, MIN(day_no) AS day_no
  FROM base
  WHERE day_no < $n_days - $horizon AND day_no >= $n_days - $horizon - $index_days
  GROUP BY customer_no
),
acting AS (
  SELECT p.customer_no, a.action, a.effect, p.responding, p.loyal, i.place, i.day_no,
         CASE a.action WHEN 'app_installed' THEN p.app_from WHEN 'loyalty_joined' THEN p.joined_from
           WHEN 'subscription_started' THEN p.subscribed_from WHEN 'wishlist_created' THEN p.wished_from
           WHEN 'newsletter_joined' THEN p.letter_from WHEN 'referral_made' THEN p.referred_from
           WHEN 'credit_account_opened' THEN p.credit_from WHEN 'click_and_collect_used' THEN p.collected_from
           ELSE p.reviewed_from END AS acts_from,
         X_DIV(1, 1 + EXP(-a.base - a.slope * p.loyal)) AS chance,
         LN(X_UNIFORM('act.later', p.customer_no)) AS later_u
  FROM people AS p
  INNER JOIN index_orders AS i ON i.customer_no = p.customer_no
  CROSS JOIN actions AS a
),
eligible AS (
  SELECT customer_no, action, effect * responding AS effect, place, day_no, chance,
         acts_from - 1 = place AS acted,
         CASE WHEN acts_from - 1 > place THEN acts_from ELSE place + 2 + FLOOR(later_u / LN(1 - chance)) END AS otherwise_from
  FROM acting
  WHERE acts_from - 1 >= place
),
after_index AS (
  SELECT e.customer_no, e.action,
         SUM(CASE WHEN b.place > e.place AND b.place < e.otherwise_from AND b.day_no <= e.day_no + $horizon
                  THEN CASE WHEN e.effect >= 0 THEN 0 ELSE e.effect * b.profit END ELSE 0 END) AS lost,
         SUM(CASE WHEN b.place > e.place AND b.place < e.otherwise_from AND m.day_no <= e.day_no + $horizon
                  THEN CASE WHEN e.effect >= 0 THEN e.effect * m.profit ELSE 0 END ELSE 0 END) AS won,
         SUM(CASE WHEN b.place > e.place AND b.day_no <= e.day_no + $horizon AND e.effect < 0 THEN e.effect * b.profit
                  WHEN b.place > e.place AND m.day_no <= e.day_no + $horizon AND e.effect >= 0 THEN e.effect * m.profit ELSE 0 END) AS against_never,
         SUM(CASE WHEN b.place > e.place AND b.day_no <= e.day_no + $horizon THEN b.profit ELSE 0 END) AS profit
  FROM eligible AS e
  INNER JOIN base AS b ON b.customer_no = e.customer_no
  LEFT JOIN more AS m ON m.customer_no = b.customer_no AND m.place = b.place
  GROUP BY e.customer_no, e.action
)
SELECT e.action,
       COUNT(*) AS n_eligible,
       COUNT(CASE WHEN e.acted THEN 1 END) AS n_acted,
       AVG(a.lost + a.won) AS ate,
       X_DIV(SUM(e.chance * (a.lost + a.won)), SUM(e.chance)) AS att,
       X_DIV(SUM(e.chance * (1 - e.chance) * (a.lost + a.won)), SUM(e.chance * (1 - e.chance))) AS ato,
       AVG(a.against_never) AS ate_never,
       AVG(e.chance) AS propensity,
       AVG(CASE WHEN e.acted THEN a.profit + a.won + a.lost END) AS profit_acted,
       AVG(CASE WHEN NOT e.acted THEN a.profit END) AS profit_not
FROM eligible AS e
INNER JOIN after_index AS a ON a.customer_no = e.customer_no AND a.action = e.action
GROUP BY e.action
