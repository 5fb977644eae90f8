/* ---
code = "CUST08"
number = 8
name = "valued_customer_failed"
level = "customer"
entity = ["customer_id"]
owner = "customer_experience"
reversible = true
action = "refund_or_call_before_they_do"
statistic = "sum"
window_days = 364
credibility = 0.5
customers = "to_save"
needs = ["customer_clv.clv_12m", "shipments.promised_at | defects | order_lines.cancel_reason | orders.cancelled_at"]
[thresholds]
valuable_share = 0.1
failed_days = 14
leaves_share = 0.1
prior_orders = 300
saved_share = 0.5
[rows]
from = "order_profit"
where = "ordered_on > X_ADD_DAYS($as_of, -42)"
order_by = "cm2"
[docs]
why = "The shop has just let down one of its best customers: a late, lost or damaged parcel, a wrong or missing item, an order cancelled for want of stock. Some of them leave without a word."
value = "Lifetime value of 12 months × share who leave because of a failure × share of these whom a refund or a call keeps (saved_share): what is not saved in these weeks is gone. The share who leave is what the shop's own history says (how many fewer order again after a failure), begun with leaves_share and prior_orders."
known_problems = "Orders that fail are not a random pick: slow regions, large baskets. saved_share is assumed. The cost of the refund is for whoever acts to hold against it: the incentive shown is the most that pays."
source = "METRICS sections 3 and 5; Rao, Griffis and Goldsby (2011), Failure to deliver"
--- */
WITH parcels_failed AS (
  SELECT order_id,
         MIN(CASE WHEN lost OR damaged THEN COALESCE(X_DAY(delivered_at), X_ADD_DAYS(X_DAY(promised_at), 1))
                  ELSE X_ADD_DAYS(X_DAY(promised_at), 1) END) AS failed_on,
         CASE WHEN MAX(CASE WHEN lost THEN 1 ELSE 0 END) = 1 THEN 'lost'
              WHEN MAX(CASE WHEN damaged THEN 1 ELSE 0 END) = 1 THEN 'damaged' ELSE 'late' END AS failure
  FROM shipments
  WHERE order_id IS NOT NULL AND X_DAY(promised_at) < $window_end
    AND (lost OR damaged OR X_DAY(delivered_at) > X_DAY(promised_at)
         OR (delivered_at IS NULL AND dispatched_at IS NOT NULL AND X_DAY(promised_at) > X_ADD_DAYS($window_end, -60)))
  GROUP BY order_id
),
failures AS (
  SELECT order_id, failed_on, failure FROM parcels_failed
  UNION ALL
  SELECT d.order_id, X_DAY(d.occurred_at), d.kind
  FROM defects AS d
  WHERE d.order_id IS NOT NULL AND d.kind <> 'early' AND X_DAY(d.occurred_at) <= $window_end
  UNION ALL
  SELECT l.order_id, X_DAY(o.ordered_at), 'cancelled'
  FROM order_lines AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.cancelled_quantity > 0 AND l.cancel_reason = 'out_of_stock'
),
failed AS (
  SELECT o.customer_id, f.order_id, MIN(f.failed_on) AS failed_on, MIN(f.failure) AS failure
  FROM failures AS f
  INNER JOIN orders AS o ON o.order_id = f.order_id
  WHERE o.customer_id IS NOT NULL
  GROUP BY o.customer_id, f.order_id
),
-- How many order again within 91 days, after a failure and without one, by customers who had ordered before.
gone_on AS (
  SELECT p.order_id, p.customer_id, p.ordered_on,
         LAG(p.ordered_on) OVER (PARTITION BY p.customer_id ORDER BY p.ordered_on, p.order_id)  AS before_on,
         LEAD(p.ordered_on) OVER (PARTITION BY p.customer_id ORDER BY p.ordered_on, p.order_id) AS next_on
  FROM order_profit AS p
  WHERE p.customer_id IS NOT NULL
),
again AS (
  SELECT COUNT(CASE WHEN f.order_id IS NOT NULL THEN 1 END) AS n_failed,
         X_DIV(COUNT(CASE WHEN f.order_id IS NOT NULL AND g.next_on <= X_ADD_DAYS(g.ordered_on, 91) THEN 1 END),
               COUNT(CASE WHEN f.order_id IS NOT NULL THEN 1 END)) AS after_failure,
         X_DIV(COUNT(CASE WHEN f.order_id IS NULL AND g.next_on <= X_ADD_DAYS(g.ordered_on, 91) THEN 1 END),
               COUNT(CASE WHEN f.order_id IS NULL THEN 1 END)) AS otherwise
  FROM gone_on AS g
  LEFT JOIN failed AS f ON f.order_id = g.order_id
  WHERE g.before_on IS NOT NULL AND g.ordered_on <= X_ADD_DAYS($window_end, -91) AND g.ordered_on > $window_start
),
leaving AS (
  SELECT n_failed, after_failure, otherwise,
         X_DIV($prior_orders * $leaves_share
               + n_failed * GREATEST(COALESCE(1 - X_DIV(after_failure, otherwise), 0), 0), $prior_orders + n_failed) AS share
  FROM again
),
best AS (
  SELECT X_PERCENTILE(clv_12m, 1 - $valuable_share) AS clv_12m FROM customer_clv WHERE clv_12m IS NOT NULL
),
lately AS (
  SELECT customer_id, MAX(failed_on) AS failed_on, MIN(failure) AS failure, COUNT(*) AS n_failed_orders
  FROM failed
  WHERE failed_on > X_ADD_DAYS($window_end, -CAST($failed_days AS INT)) AND failed_on <= $window_end
  GROUP BY customer_id
),
to_save AS (
  SELECT t.customer_id, t.failed_on, t.failure, t.n_failed_orders, c.clv_12m, c.p_alive, l.share, l.n_failed, l.after_failure, l.otherwise,
         c.clv_12m * l.share * $saved_share AS expected_profit
  FROM lately AS t
  INNER JOIN customer_clv AS c ON c.customer_id = t.customer_id
  CROSS JOIN best AS b
  CROSS JOIN leaving AS l
  WHERE c.clv_12m >= b.clv_12m AND c.clv_12m > 0 AND l.share > 0
)
SELECT customer_id,
       expected_profit * X_DIV($window_days, $horizon_days) AS loss,
       n_failed_orders AS n,
       POWER(expected_profit * X_DIV($window_days, $horizon_days), 2) * 0.25 AS loss_sq,
       failure,
       failed_on,
       clv_12m,
       p_alive,
       share           AS share_who_leave,
       after_failure   AS order_again_after_a_failure,
       otherwise       AS order_again_otherwise,
       n_failed        AS failures_that_say_so,
       0.5             AS assumed_share
FROM to_save
