/* ---
code = "CUST03"
number = 3
name = "discount_only_buyer"
level = "customer"
entity = ["customer_id"]
owner = "crm"
reversible = true
action = "withhold_discounts_with_a_test_group"
statistic = "share"
probability = 0.6
window_days = 364
credibility = 0.6
needs = ["orders.customer_id", "ledger.promotion"]
[thresholds]
min_units = 10
min_orders = 3
discounted_share = 0.8
buys_anyway = 0.5
prior_orders = 3
[rows]
where = "in_window AND discounted"
order_by = "promotion"
[docs]
why = "Nearly everything that this customer buys is discounted; part of it would have been bought at full price."
value = "Discounts that the shop itself pays × P(buys anyway), over the orders to expect in 28 days. P(buys anyway) begins at the half that tests find on average (buys_anyway) and moves, by prior_orders, towards what the customer did in the year before the window: somebody who ordered as often at full price needs no discount, somebody who never did without one may."
known_problems = "Only a test with a held-out group says who buys anyway: a first guess from the pace at full price takes a change of taste or income for the work of the discount. The range holds both ends."
source = "METRICS section 6; Blattberg and Neslin (1990), Sales Promotion; Ailawadi, Harlam, César and Trounce (2006): about half of what a chain sells on promotion is bought anyway"
--- */
WITH customer_orders AS (
  SELECT customer_id,
         order_id,
         MAX(ordered_on) AS ordered_on,
         COUNT(*) AS n_lines,
         COUNT(CASE WHEN discounted THEN 1 END) AS n_discounted,
         SUM(units)      AS units,
         SUM(CASE WHEN discounted THEN -(promotion + funding) ELSE 0 END) AS discount,
         SUM(net_sales)  AS net_sales,
         SUM(cm2)        AS cm2
  FROM ledger
  WHERE in_window AND entry = 'line' AND customer_id IS NOT NULL AND units > 0
  GROUP BY customer_id, order_id
),
before AS (
  SELECT customer_id, order_id, MIN(ordered_on) AS ordered_on,
         COUNT(CASE WHEN discounted THEN 1 END) AS n_discounted, COUNT(*) AS n_lines
  FROM ledger
  WHERE ordered_on <= $window_start AND ordered_on > X_ADD_DAYS($window_start, -364)
    AND entry = 'line' AND customer_id IS NOT NULL AND units > 0
  GROUP BY customer_id, order_id
),
-- The first order of somebody is no sign of a pace; those after it are.
unaided AS (
  SELECT customer_id,
         X_DIV(SUM(CASE WHEN 2 * n_discounted <= n_lines THEN 1 ELSE 0 END) * X_DIV(COUNT(*) - 1, COUNT(*)),
               X_DAYS_BETWEEN(MIN(ordered_on), $window_start)) * $window_days AS n_orders
  FROM before
  GROUP BY customer_id
  HAVING COUNT(*) >= 2
),
customers AS (
  SELECT customer_id,
         SUM(n_discounted) AS hits,
         SUM(n_lines)      AS trials,
         X_ACTIVITY(ordered_on),
         COUNT(*)       AS n_orders,
         SUM(units)     AS units,
         SUM(discount)  AS discount,
         SUM(net_sales) AS net_sales,
         SUM(cm2)       AS cm2
  FROM customer_orders
  GROUP BY customer_id
)
SELECT c.customer_id,
       c.hits, c.trials, c.n_rows, c.n_recent, c.n_days, c.days_waited, c.days_silent,
       $discounted_share AS "limit",
       c.discount * X_DIV($prior_orders * $buys_anyway + LEAST(COALESCE(u.n_orders, 0), c.n_orders),
                          $prior_orders + CASE WHEN u.customer_id IS NULL THEN 0 ELSE c.n_orders END) AS loss,
       1          AS unit_loss,
       0          AS unit_n,
       c.n_orders,
       u.n_orders AS orders_at_full_price_to_expect,
       c.discount,
       c.net_sales,
       c.cm2,
       1          AS assumed_share
FROM customers AS c
LEFT JOIN unaided AS u ON u.customer_id = c.customer_id
WHERE c.units >= $min_units AND c.n_orders >= $min_orders
