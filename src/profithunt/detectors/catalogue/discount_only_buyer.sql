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
window_days = 364
credibility = 0.6
needs = ["orders.customer_id", "ledger.promotion"]
[thresholds]
min_units = 10
min_orders = 3
discounted_share = 0.8
buys_anyway = 0.25
[rows]
where = "in_window AND discounted"
order_by = "promotion"
[docs]
why = "Nearly everything that this customer buys is discounted; part of it would have been bought at full price."
value = "Discounts that the shop itself pays × the share of buyers who would have bought anyway (buys_anyway, assumed until a test with a held-out group has measured it), over the orders to expect in 28 days."
known_problems = "Without a test nobody knows who buys anyway: treat the money as a reason to test, not as found."
source = "METRICS section 6; Blattberg and Neslin (1990), Sales Promotion"
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
)
SELECT customer_id,
       SUM(n_discounted) AS hits,
       SUM(n_lines)      AS trials,
       $discounted_share AS benchmark,
       X_ACTIVITY(ordered_on),
       SUM(discount) * $buys_anyway AS loss,
       COUNT(*)       AS n_orders,
       SUM(discount)  AS discount,
       SUM(net_sales) AS net_sales,
       SUM(cm2)       AS cm2,
       1              AS assumed_share
FROM customer_orders
GROUP BY customer_id
HAVING SUM(units) >= $min_units AND COUNT(*) >= $min_orders
