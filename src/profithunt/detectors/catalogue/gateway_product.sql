/* ---
code = "SKU26"
number = 26
name = "gateway_product"
level = "sku"
entity = ["sku"]
owner = "marketing"
reversible = true
action = "protect_and_bid_up"
statistic = "count"
direction = "high"
outlier = 0.8
window_days = 728
lag_days = 112
credibility = 0.5
drifts = false
needs = ["orders.customer_id", "ledger.cm3"]
[thresholds]
min_customers = 15
warm_up_days = 28
[rows]
where = "in_window AND is_new_customer_order"
order_by = "-cm3"
[docs]
why = "Customers whose first order holds this product come back far more often than others who came in the same month with an order of the same size."
value = "Orders in the 16 weeks (lag_days) after the first one beyond those of such others × contribution profit (CM3) of a later order × new customers to expect in 28 days with it in their first order. Orders are counted, not their profit: it is coming back that a gateway changes, and a few large baskets would hide it."
known_problems = "Not an experiment: the product may attract good customers rather than make them. Orders after the 16 weeks are not counted. First orders in the first days of the data (warm_up_days) may not be first orders."
source = "MISSION M7; METRICS section 3 for the causal version"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_on) AS first_on
  FROM order_profit
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),
began AS (
  SELECT MIN(ordered_on) AS first_day FROM order_profit
),
newcomers AS (
  SELECT f.customer_id,
         f.first_on,
         X_MONTH(f.first_on) AS first_month,
         SUM(CASE WHEN o.ordered_on = f.first_on THEN o.net_sales ELSE 0 END) AS first_sales,
         SUM(CASE WHEN o.ordered_on > f.first_on AND o.ordered_on <= X_ADD_DAYS(f.first_on, X_DAYS_BETWEEN($window_end, $as_of))
                  THEN 1 ELSE 0 END) AS n_later,
         SUM(CASE WHEN o.ordered_on > f.first_on AND o.ordered_on <= X_ADD_DAYS(f.first_on, X_DAYS_BETWEEN($window_end, $as_of))
                  THEN o.cm3 ELSE 0 END) AS later_cm3
  FROM firsts AS f
  CROSS JOIN began AS b
  INNER JOIN order_profit AS o ON o.customer_id = f.customer_id
  WHERE f.first_on > X_ADD_DAYS(b.first_day, $warm_up_days)
    AND f.first_on > $window_start
    AND f.first_on <= $window_end
  GROUP BY f.customer_id, f.first_on
),
sizes AS (
  SELECT X_PERCENTILE(first_sales, 0.333) AS small, X_PERCENTILE(first_sales, 0.667) AS middle FROM newcomers
),
alike AS (
  SELECT n.customer_id, n.first_on, n.n_later, n.later_cm3,
         AVG(n.n_later) OVER (
           PARTITION BY n.first_month, CASE WHEN n.first_sales <= s.small THEN 1 WHEN n.first_sales <= s.middle THEN 2 ELSE 3 END
         ) AS expected
  FROM newcomers AS n
  CROSS JOIN sizes AS s
),
-- Customers differ more than chance alone would make them: so many orders count as one.
shop AS (
  SELECT GREATEST(X_DIV(SUM((n_later - expected) * (n_later - expected)), SUM(expected)), 1) AS orders_as_one,
         X_DIV(SUM(later_cm3), SUM(n_later)) AS cm3_per_order
  FROM alike
),
bought AS (
  SELECT l.sku, l.customer_id
  FROM ledger AS l
  INNER JOIN alike AS a ON a.customer_id = l.customer_id AND a.first_on = l.ordered_on
  WHERE l.entry = 'line' AND l.units > 0
  GROUP BY l.sku, l.customer_id
)
SELECT b.sku,
       X_DIV(SUM(a.n_later), MAX(s.orders_as_one))  AS hits,
       X_DIV(SUM(a.expected), MAX(s.orders_as_one)) AS exposure,
       1 AS benchmark,
       GREATEST(MAX(s.cm3_per_order), 0) * MAX(s.orders_as_one) AS unit_loss,
       COUNT(*)          AS first_buyers,
       AVG(a.n_later)    AS later_orders_per_customer,
       AVG(a.expected)   AS later_orders_of_others_alike,
       AVG(a.later_cm3)  AS later_cm3_per_customer,
       MAX(s.cm3_per_order) AS cm3_per_later_order
FROM bought AS b
INNER JOIN alike AS a ON a.customer_id = b.customer_id
CROSS JOIN shop AS s
GROUP BY b.sku
HAVING COUNT(*) >= $min_customers AND SUM(a.expected) > 0
