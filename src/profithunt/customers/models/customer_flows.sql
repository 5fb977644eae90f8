/* ---
what = "Customers from month to month: closing = opening + new + reactivated − lapsed; and the orders and profit behind them."
grain = ["month"]
[columns]
month = "date | month; null for amounts without a date"
complete = "bool | the month is over, as far as the data goes"
opening = "int | customers active at the end of the month before"
new = "int | first order in this month"
reactivated = "int | not active at the end of the month before, ordered again and active at the end"
lapsed = "int | active at the end of the month before, or new in it, and not active at the end"
closing = "int | customers active at the end of the month (or of the data)"
retained = "int | active at the end of the month before and at the end"
lapsed_and_back = "int | times that customers lapsed and came back within the month (or the reverse): added to both, lapsed and reactivated are counts by the day"
ordering = "int | customers who ordered"
orders = "int | their orders, cancelled ones left out"
net_sales = "money | net sales to known customers"
cm2 = "money | CM2 of known customers"
cm3 = "money | contribution profit of known customers"
guest_orders = "int | orders that name no customer, cancelled ones left out"
guest_net_sales = "money | their net sales"
guest_cm3 = "money | their contribution profit"
other_cm3 = "money | contribution profit of what belongs to no order and no customer, such as spend that brought no order"
--- */
WITH events AS (
  SELECT customer_id, X_MONTH(started_on) AS month,
         CASE WHEN spell_no = 1 THEN 1 ELSE 0 END AS new,
         CASE WHEN spell_no = 1 THEN 0 ELSE 1 END AS back,
         0 AS gone
  FROM customer_spells
  UNION ALL
  SELECT customer_id, X_MONTH(lapses_on), 0, 0, 1
  FROM customer_spells
  WHERE lapses_on <= $through
),
moves AS (
  SELECT customer_id, month, SUM(new) AS new, SUM(back) AS back, SUM(gone) AS gone
  FROM events
  GROUP BY customer_id, month
),
bought AS (
  SELECT customer_id, X_MONTH(ordered_on) AS month, SUM(n_orders) AS n_orders
  FROM customer_orders
  GROUP BY customer_id, X_MONTH(ordered_on)
),
gathered AS (
  SELECT month, 0 AS new, 0 AS reactivated, 0 AS lapsed, 0 AS lapsed_new, 0 AS lapsed_and_back, 0 AS ordering, 0 AS orders,
         X_MONEY(0) AS net_sales, X_MONEY(0) AS cm2, X_MONEY(0) AS cm3, 0 AS guest_orders,
         X_MONEY(0) AS guest_net_sales, X_MONEY(0) AS guest_cm3, X_MONEY(0) AS other_cm3
  FROM calendar_months
  UNION ALL
  SELECT month, SUM(new), SUM(GREATEST(back - gone, 0)), SUM(GREATEST(gone - back, 0)), SUM(CASE WHEN new > 0 THEN GREATEST(gone - back, 0) ELSE 0 END),
         SUM(LEAST(back, gone)), 0, 0, X_MONEY(0), X_MONEY(0), X_MONEY(0), 0, X_MONEY(0), X_MONEY(0), X_MONEY(0)
  FROM moves
  GROUP BY month
  UNION ALL
  SELECT month, 0, 0, 0, 0, 0, COUNT(*), SUM(n_orders), X_MONEY(0), X_MONEY(0), X_MONEY(0), 0, X_MONEY(0), X_MONEY(0), X_MONEY(0)
  FROM bought
  GROUP BY month
  UNION ALL
  SELECT ordered_month, 0, 0, 0, 0, 0, 0, 0,
         SUM(CASE WHEN customer_id IS NOT NULL THEN net_sales ELSE 0 END),
         X_SUM(CASE WHEN customer_id IS NOT NULL THEN cm2 ELSE 0 END),
         X_SUM(CASE WHEN customer_id IS NOT NULL THEN cm3 ELSE 0 END),
         0,
         SUM(CASE WHEN customer_id IS NULL AND order_id IS NOT NULL THEN net_sales ELSE 0 END),
         X_SUM(CASE WHEN customer_id IS NULL AND order_id IS NOT NULL THEN cm3 ELSE 0 END),
         X_SUM(CASE WHEN customer_id IS NULL AND order_id IS NULL THEN cm3 ELSE 0 END)
  FROM ledger
  GROUP BY ordered_month
  UNION ALL
  SELECT X_MONTH(X_DAY(ordered_at)), 0, 0, 0, 0, 0, 0, 0, X_MONEY(0), X_MONEY(0), X_MONEY(0), COUNT(*), X_MONEY(0), X_MONEY(0), X_MONEY(0)
  FROM orders
  WHERE customer_id IS NULL AND cancelled_at IS NULL
  GROUP BY X_MONTH(X_DAY(ordered_at))
),
by_month AS (
  SELECT month, SUM(new) AS new, SUM(reactivated) AS reactivated, SUM(lapsed) AS lapsed,
         SUM(lapsed_new) AS lapsed_new, SUM(lapsed_and_back) AS lapsed_and_back, SUM(ordering) AS ordering, SUM(orders) AS orders,
         SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3, SUM(guest_orders) AS guest_orders,
         SUM(guest_net_sales) AS guest_net_sales, X_SUM(guest_cm3) AS guest_cm3, X_SUM(other_cm3) AS other_cm3
  FROM gathered
  GROUP BY month
),
running AS (
  SELECT month, new, reactivated, lapsed, lapsed_new, lapsed_and_back, ordering, orders, net_sales, cm2, cm3, guest_orders,
         guest_net_sales, guest_cm3, other_cm3,
         SUM(new + reactivated - lapsed) OVER (
           ORDER BY month ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS closing
  FROM by_month
)
SELECT month,
       X_ADD_MONTHS(month, 1) <= X_ADD_DAYS($as_of, 1) AS complete,
       closing - new - reactivated + lapsed AS opening,
       new, reactivated, lapsed, closing,
       closing - new - reactivated + lapsed_new AS retained,
       lapsed_and_back, ordering, orders, net_sales, cm2, cm3, guest_orders, guest_net_sales, guest_cm3, other_cm3
FROM running
