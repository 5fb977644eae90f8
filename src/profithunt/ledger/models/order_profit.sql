/* ---
what = "Profit of each order, all components, with its slices."
grain = ["order_id"]
include = ["amounts"]
dirty_key = "order_id"
partition = "ordered_month"
[columns]
order_id = "text | order"
customer_id = "text | customer, null for a guest"
ordered_at = "timestamp | when it was placed"
ordered_on = "date | day in the shop's time zone"
ordered_month = "date | month"
channel = "text | channel"
store_id = "text | store"
country = "text | country"
region = "text | region"
n_lines = "int | lines"
units = "quantity | units not cancelled"
units_returned = "quantity | units returned"
n_parcels = "int | parcels, null where no parcel is known"
assumed_sales = "money | list sales of lines whose cost is assumed"
[dirty]
stores = "SELECT orders.order_id FROM orders JOIN changed ON changed.store_id = orders.store_id"
--- */
WITH summed AS (
  SELECT order_id,
         COUNT(line_no) AS n_lines,
         SUM(units) AS units,
         SUM(units_returned) AS units_returned,
         SUM(CASE WHEN cost_source = 'assumed' THEN list_sales ELSE 0 END) AS assumed_sales,
         X_EACH(components, X_MONEY(X_SUM(X_ITEM)))
  FROM ledger
  WHERE order_id IS NOT NULL
  GROUP BY order_id
),
totals AS (
  SELECT order_id, n_lines, units, units_returned, assumed_sales,
         X_EACH(components, X_ITEM),
         X_PLUS(net_sales_parts) AS net_sales,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
         X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
  FROM summed
)
SELECT totals.order_id AS order_id,
       orders.customer_id AS customer_id,
       orders.ordered_at AS ordered_at,
       X_DAY(orders.ordered_at) AS ordered_on,
       X_MONTH(X_DAY(orders.ordered_at)) AS ordered_month,
       orders.channel AS channel,
       orders.store_id AS store_id,
       COALESCE(orders.country, stores.country) AS country,
       COALESCE(orders.region, stores.region) AS region,
       totals.n_lines AS n_lines,
       totals.units AS units,
       totals.units_returned AS units_returned,
       order_parcels.n_parcels AS n_parcels,
       totals.assumed_sales AS assumed_sales,
       X_EACH(amounts, totals.X_ITEM)
FROM totals
JOIN orders ON orders.order_id = totals.order_id
LEFT JOIN stores ON stores.store_id = orders.store_id
LEFT JOIN order_parcels ON order_parcels.order_id = totals.order_id
