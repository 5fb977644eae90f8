/* ---
code = "SKU26"
number = 26
name = "gateway_product"
level = "sku"
entity = ["sku"]
owner = "marketing"
reversible = true
action = "protect_and_bid_up"
statistic = "ratio"
direction = "high"
outlier = 0.8
window_days = 728
lag_days = 112
credibility = 0.5
drifts = false
needs = ["orders.customer_id", "ledger.cm3"]
[thresholds]
min_customers = 30
warm_up_days = 28
[rows]
where = "in_window AND is_new_customer_order"
order_by = "-cm3"
[docs]
why = "Customers whose first order holds this product go on to be worth more than others who came in the same month with an order of the same size."
value = "Extra profit (CM3) in the 16 weeks (lag_days) after the first order, that order left out, × new customers to expect in 28 days with it in their first order."
known_problems = "Not an experiment: the product may attract good customers rather than make them. First orders in the first days of the data (warm_up_days) may not be first orders."
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
                  THEN o.cm3 ELSE 0 END) AS later
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
sized AS (
  SELECT n.customer_id, n.first_on, n.first_month, n.later,
         CASE WHEN n.first_sales <= s.small THEN 1 WHEN n.first_sales <= s.middle THEN 2 ELSE 3 END AS size
  FROM newcomers AS n
  CROSS JOIN sizes AS s
),
adjusted AS (
  SELECT customer_id, first_on, later,
         later - AVG(later) OVER (PARTITION BY first_month, size) AS extra
  FROM sized
),
bought AS (
  SELECT l.sku, l.customer_id
  FROM ledger AS l
  INNER JOIN adjusted AS a ON a.customer_id = l.customer_id AND a.first_on = l.ordered_on
  WHERE l.entry = 'line' AND l.units > 0
  GROUP BY l.sku, l.customer_id
)
SELECT b.sku,
       X_MOMENTS(a.extra, 1),
       0 AS benchmark,
       COUNT(*)     AS first_buyers,
       AVG(a.later) AS later_cm3_per_customer,
       AVG(a.extra) AS extra_cm3_per_customer
FROM bought AS b
INNER JOIN adjusted AS a ON a.customer_id = b.customer_id
GROUP BY b.sku
HAVING COUNT(*) >= $min_customers
