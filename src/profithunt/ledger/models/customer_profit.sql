/* ---
what = "Profit of each customer over all their orders, all components."
grain = ["customer_id"]
dirty_key = "customer_id"
scattered = true
include = ["amounts"]
[columns]
customer_id = "text | customer"
first_ordered_on = "date | day of the first order"
last_ordered_on = "date | day of the last order"
n_orders = "int | orders with a line"
units = "quantity | units not cancelled"
units_returned = "quantity | units returned"
assumed_sales = "money | list sales of lines whose cost is assumed"
[dirty]
ledger = "SELECT customer_id FROM changed WHERE order_id IS NULL"
[reads]
ledger = { entry_no = "SELECT ledger.entry_no FROM ledger JOIN dirty ON dirty.customer_id = ledger.customer_id WHERE ledger.order_id IS NULL" }
--- */
WITH gathered AS (
  SELECT customer_id, ordered_on, CASE WHEN n_lines > 0 THEN 1 ELSE 0 END AS n_orders, units, units_returned, assumed_sales, X_EACH(components, X_ITEM)
  FROM order_profit
  WHERE customer_id IS NOT NULL
  UNION ALL
  SELECT customer_id, NULL, 0, 0, units_returned, 0, X_EACH(components, X_ITEM)
  FROM ledger
  WHERE customer_id IS NOT NULL AND order_id IS NULL
),
summed AS (
  SELECT customer_id,
         MIN(ordered_on) AS first_ordered_on,
         MAX(ordered_on) AS last_ordered_on,
         SUM(n_orders) AS n_orders,
         SUM(units) AS units,
         SUM(units_returned) AS units_returned,
         SUM(assumed_sales) AS assumed_sales,
         X_EACH(components, X_MONEY(X_SUM(X_ITEM)))
  FROM gathered
  GROUP BY customer_id
)
SELECT customer_id, first_ordered_on, last_ordered_on, n_orders, units, units_returned, assumed_sales,
       X_EACH(components, X_ITEM),
       X_PLUS(net_sales_parts) AS net_sales,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM summed
