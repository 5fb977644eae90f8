/* ---
code = "COH04"
number = 4
name = "discount_acquired_cohort"
level = "cohort"
entity = ["cohort"]
owner = "marketing"
reversible = true
action = "change_the_offer_to_new_customers"
effort = 2
statistic = "ratio"
direction = "low"
window_days = 364
lag_days = 28
drifts = false
credibility = 0.8
needs = ["orders.customer_id", "ledger.promotion | ledger.markdown", "customer_clv.clv_24m"]
[thresholds]
first_discount = 0.2
min_customers = 5
prior_customers = 5
[rows]
where = "in_window AND is_new_customer_order"
order_by = "cm3"
[rows.keys]
cohort = "ordered_month"
[docs]
why = "A month's new customers who were won with a deep discount (by the offer that won most of them) do not earn back what winning them cost: the offer bought orders, not customers."
value = "Acquisition cost and discount not earned back per customer (what they have earned so far with their marketing taken off, their share of the month's spend without orders, and what is still to expect of them in 24 months), × customers won so in 28 days of such a month. What is still to expect is the lifetime value times how often they came back against the other new customers of their month: a forecast of single customers can't see that nobody of a whole cohort returns."
known_problems = "Of a young cohort nearly all is still to expect. An offer that is over costs nothing any more: the money is what running it again for four weeks would cost."
source = "METRICS section 2; Lewis (2006), Customer acquisition promotions and customer asset value"
--- */
WITH first_lines AS (
  SELECT l.customer_id, X_MONTH(MIN(l.ordered_on)) AS cohort_month,
         COALESCE(MAX(o.promo_id), MAX(l.promo_id), '') AS offer,
         X_DIV(-SUM(l.markdown + l.promotion), SUM(l.list_sales)) AS discount
  FROM ledger AS l
  LEFT JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.is_new_customer_order AND l.entry = 'line' AND l.customer_id IS NOT NULL AND l.in_window
  GROUP BY l.customer_id
  HAVING SUM(l.list_sales) > 0
),
offers AS (
  SELECT cohort_month, offer, ROW_NUMBER() OVER (PARTITION BY cohort_month ORDER BY COUNT(*) DESC, offer) AS place
  FROM first_lines
  WHERE discount >= $first_discount
  GROUP BY cohort_month, offer
),
earned AS (
  SELECT customer_id, SUM(cm3) AS cm3, COUNT(*) AS n_orders
  FROM order_profit
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),
newcomers AS (
  SELECT f.customer_id, f.cohort_month, f.discount, f.offer,
         CASE WHEN f.discount >= $first_discount AND s.place = 1 THEN 1 ELSE 0 END AS is_won,
         p.cm3, GREATEST(p.n_orders - 1, 0) AS n_repeats, COALESCE(c.clv_24m, 0) AS clv
  FROM first_lines AS f
  LEFT JOIN offers AS s ON s.cohort_month = f.cohort_month AND s.offer = f.offer
  INNER JOIN earned AS p ON p.customer_id = f.customer_id
  LEFT JOIN customer_clv AS c ON c.customer_id = f.customer_id
),
overall AS (
  SELECT AVG(n_repeats) AS repeats FROM newcomers WHERE is_won = 0
),
months AS (
  SELECT n.cohort_month,
         COUNT(*) AS n_new,
         X_DIV(SUM(CASE WHEN n.is_won = 0 THEN n.n_repeats ELSE 0 END) + $prior_customers * MAX(o.repeats),
               SUM(1 - n.is_won) + $prior_customers) AS usual_repeats,
         SUM(n.is_won * n.n_repeats) AS won_repeats,
         SUM(n.is_won) AS n_won
  FROM newcomers AS n
  CROSS JOIN overall AS o
  GROUP BY n.cohort_month
),
came_back AS (
  SELECT cohort_month, n_new, usual_repeats,
         COALESCE(X_DIV(X_DIV(won_repeats + $prior_customers * usual_repeats, n_won + $prior_customers), usual_repeats), 1) AS against_usual
  FROM months
),
wasted AS (
  SELECT ordered_month, -SUM(marketing) AS spend
  FROM ledger
  WHERE entry = 'marketing' AND order_id IS NULL
  GROUP BY ordered_month
),
won AS (
  SELECT n.customer_id, n.cohort_month, n.discount, n.offer, n.cm3, n.n_repeats, r.usual_repeats,
         n.clv * r.against_usual AS still_to_expect,
         COALESCE(X_DIV(w.spend, r.n_new), 0) AS unattributed,
         CAST(n.cm3 AS DOUBLE) + n.clv * r.against_usual - COALESCE(X_DIV(w.spend, r.n_new), 0) AS worth,
         -- A month counts as long as it is, not as the window is.
         X_DIV($window_days, X_DAYS_BETWEEN(n.cohort_month, X_ADD_MONTHS(n.cohort_month, 1))) AS weight
  FROM newcomers AS n
  INNER JOIN came_back AS r ON r.cohort_month = n.cohort_month
  LEFT JOIN wasted AS w ON w.ordered_month = n.cohort_month
  WHERE n.is_won = 1
)
SELECT CAST(cohort_month AS TEXT) AS cohort,
       X_MOMENTS(worth * weight, weight),
       0                    AS benchmark,
       MAX(offer)           AS offer,
       COUNT(*)             AS customers,
       AVG(discount)        AS mean_first_discount,
       AVG(cm3)             AS earned_so_far_per_customer,
       AVG(still_to_expect) AS still_to_expect_per_customer,
       AVG(unattributed)    AS spend_without_orders_per_customer,
       AVG(n_repeats)       AS later_orders_per_customer,
       MAX(usual_repeats)   AS later_orders_of_the_months_others
FROM won
GROUP BY cohort_month
HAVING COUNT(*) >= $min_customers
