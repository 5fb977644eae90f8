/* ---
what = "Paid memberships: who joined, what they paid, and how their orders went before and after."
grain = ["is_member"]
[columns]
is_member = "bool | the order was placed after its customer had joined; else by a later member, before"
n_members = "int | customers"
fees = "rate | what they paid to join, shop currency; 0 where no event says so"
n_days = "int | days known of them before or after joining, at most a year each"
n_orders = "int | orders in those days"
served = "rate | carriage, service and concessions of them"
charged = "rate | what was paid for their delivery, ex tax"
earned = "rate | contribution (CM2) of them"
--- */
WITH joined AS (
  SELECT customer_id, X_DAY(MIN(occurred_at)) AS joined_on, SUM(COALESCE(CAST(value AS DOUBLE), 0)) AS fee
  FROM customer_events
  WHERE LOWER(kind) LIKE '%membership%' AND NOT LOWER(kind) LIKE '%left%' AND NOT LOWER(kind) LIKE '%cancel%'
  GROUP BY customer_id
),
firsts AS (
  SELECT customer_id, MIN(ordered_on) AS first_on FROM order_profit WHERE customer_id IS NOT NULL GROUP BY customer_id
),
spans AS (
  SELECT j.customer_id, j.joined_on, j.fee,
         LEAST(GREATEST(X_DAYS_BETWEEN(f.first_on, j.joined_on), 0), 365) AS days_before,
         LEAST(GREATEST(X_DAYS_BETWEEN(j.joined_on, $until) + 1, 0), 365) AS days_after
  FROM joined AS j
  INNER JOIN firsts AS f ON f.customer_id = j.customer_id
),
placed AS (
  SELECT s.customer_id, CASE WHEN p.ordered_on >= s.joined_on THEN TRUE ELSE FALSE END AS is_member,
         COUNT(*) AS n_orders,
         -SUM(CAST(COALESCE(p.carriage, 0) + COALESCE(p.service, 0) + COALESCE(p.concessions, 0) AS DOUBLE)) AS served,
         SUM(CAST(p.shipping_income AS DOUBLE)) AS charged, SUM(CAST(p.cm2 AS DOUBLE)) AS earned
  FROM spans AS s
  INNER JOIN order_profit AS p ON p.customer_id = s.customer_id
  WHERE p.ordered_on >= X_ADD_DAYS(s.joined_on, -365) AND p.ordered_on < X_ADD_DAYS(s.joined_on, 365)
  GROUP BY s.customer_id, CASE WHEN p.ordered_on >= s.joined_on THEN TRUE ELSE FALSE END
),
sides AS (
  SELECT customer_id, FALSE AS is_member, days_before AS days, 0 AS fee FROM spans
  UNION ALL
  SELECT customer_id, TRUE, days_after, fee FROM spans
)
SELECT s.is_member, COUNT(*) AS n_members, SUM(s.fee) AS fees, SUM(s.days) AS n_days,
       SUM(COALESCE(p.n_orders, 0)) AS n_orders, SUM(COALESCE(p.served, 0)) AS served, SUM(COALESCE(p.charged, 0)) AS charged,
       SUM(COALESCE(p.earned, 0)) AS earned
FROM sides AS s
LEFT JOIN placed AS p ON p.customer_id = s.customer_id AND p.is_member = s.is_member
GROUP BY s.is_member
