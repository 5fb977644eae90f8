/* ---
what = "What each customer ordered and brought, by month; costs without an order in the month in which they happened."
grain = ["customer_id", "month"]
working = true
[columns]
customer_id = "text | customer"
month = "date | month; null for what has no date"
n_orders = "int | orders, cancelled ones left out"
net_sales = "money | net sales"
cm2 = "money | CM2"
cm3 = "money | contribution profit"
--- */
WITH gathered AS (
  SELECT customer_id, ordered_month AS month, 0 AS n_orders, net_sales, cm2, cm3
  FROM order_profit
  WHERE customer_id IS NOT NULL
  UNION ALL
  SELECT customer_id, ordered_month, 0, net_sales, cm2, cm3
  FROM ledger
  WHERE customer_id IS NOT NULL AND order_id IS NULL
  UNION ALL
  SELECT customer_id, X_MONTH(ordered_on), n_orders, X_MONEY(0), X_MONEY(0), X_MONEY(0)
  FROM customer_orders
)
SELECT customer_id, month, SUM(n_orders) AS n_orders, SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3
FROM gathered
GROUP BY customer_id, month
