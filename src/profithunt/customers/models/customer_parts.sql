/* ---
what = "Contribution profit of each customer in six parts that add up to it, with what peers are found by."
grain = ["customer_id"]
working = true
[columns]
customer_id = "text | customer"
n_orders = "int | orders, cancelled ones left out"
order_band = "text | band of them"
acquired_year = "int | year of the first order"
channel = "text | channel of the first order"
gross_sales = "money | list sales less cancellations"
basket = "money | list sales and cancellations less cost of goods (as if nothing had come back) and fees"
discount = "money | markdown and promotion, net of supplier funding"
returns = "money | refunds and their costs, net of the stock that came back; those still expected included"
delivery = "money | pick, pack and carriage, net of delivery charges"
service = "money | contacts and concessions"
acquisition = "money | marketing and loyalty"
cm3 = "money | contribution profit: the sum of the parts"
--- */
WITH resold AS (
  SELECT order_id, line_no, SUM(units_resaleable) AS units_resaleable
  FROM return_lines
  WHERE level = 'line' AND units_resaleable > 0
  GROUP BY order_id, line_no
),
shares AS (
  SELECT ledger.customer_id AS customer_id, ledger.cogs AS cogs, ledger.list_sales AS list_sales,
         ledger.units AS units, ledger.units - resold.units_resaleable AS units_kept,
         sku_costs.unit_cost AS unit_cost, sku_costs.cost_ratio AS cost_ratio
  FROM ledger
  JOIN resold ON resold.order_id = ledger.order_id AND resold.line_no = ledger.line_no
  LEFT JOIN sku_costs ON sku_costs.sku = ledger.sku
  WHERE ledger.customer_id IS NOT NULL
),
back AS (
  SELECT customer_id,
         SUM(COALESCE(
           CASE
             WHEN units_kept > 0 AND cogs <> 0 THEN cogs - X_MONEY(CAST(cogs AS DOUBLE) * X_DIV(units, units_kept))
             ELSE COALESCE(X_TIMES(unit_cost, units), X_TIMES(list_sales, cost_ratio)) + cogs
           END,
           0
         )) AS stock_back
  FROM shares
  GROUP BY customer_id
),
counted AS (
  SELECT customer_id, SUM(n_orders) AS n_orders FROM customer_orders GROUP BY customer_id
),
parts AS (
  SELECT customer_profit.customer_id AS customer_id,
         COALESCE(counted.n_orders, 0) AS n_orders,
         YEAR(acquisitions.acquired_month) AS acquired_year,
         acquisitions.channel AS channel,
         COALESCE(back.stock_back, 0) AS stock_back,
         X_EACH(amounts, customer_profit.X_ITEM)
  FROM customer_profit
  LEFT JOIN counted ON counted.customer_id = customer_profit.customer_id
  LEFT JOIN acquisitions ON acquisitions.customer_id = customer_profit.customer_id
  LEFT JOIN back ON back.customer_id = customer_profit.customer_id
)
SELECT customer_id, n_orders,
       CASE
         WHEN n_orders <= 2 THEN CAST(n_orders AS TEXT)
         WHEN n_orders <= 4 THEN '3 to 4'
         WHEN n_orders <= 9 THEN '5 to 9'
         WHEN n_orders <= 19 THEN '10 to 19'
         WHEN n_orders <= 49 THEN '20 to 49'
         WHEN n_orders <= 99 THEN '50 to 99'
         ELSE '100 or more'
       END AS order_band,
       acquired_year, channel,
       list_sales + cancellations AS gross_sales,
       X_PLUS(basket_parts) - stock_back AS basket,
       X_PLUS(discount_parts) AS discount,
       X_PLUS(returns_parts) + stock_back AS returns,
       X_PLUS(delivery_parts) AS delivery,
       X_PLUS(service_parts) AS service,
       X_PLUS(acquisition_parts) AS acquisition,
       cm3
FROM parts
