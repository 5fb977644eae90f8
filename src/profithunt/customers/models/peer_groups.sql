/* ---
what = "Peers: customers that make money, by band of orders, year and channel of the first order, and in ever wider groups."
grain = ["level", "order_band", "acquired_year", "channel"]
working = true
[columns]
level = "int | 1: band, year and channel; 2: band and year; 3: band; 4: all"
order_band = "text | band of orders, null where not told apart"
acquired_year = "int | year, null where not told apart or not known"
channel = "text | channel, null where not told apart or not known"
n_peers = "int | customers in it that make money"
cm3 = "money | their contribution profit per customer"
discount_rate = "rate | discount per unit of gross sales"
returns_rate = "rate | returns per unit of gross sales"
delivery_rate = "rate | delivery per order"
service_rate = "rate | service per order"
acquisition_rate = "rate | acquisition per customer"
--- */
WITH grouped AS (
  SELECT CASE
           WHEN GROUPING(channel) = 0 THEN 1
           WHEN GROUPING(acquired_year) = 0 THEN 2
           WHEN GROUPING(order_band) = 0 THEN 3
           ELSE 4
         END AS level,
         order_band, acquired_year, channel,
         COUNT(*) AS n_peers, SUM(cm3) AS cm3, SUM(gross_sales) AS gross_sales, SUM(n_orders) AS n_orders,
         SUM(discount) AS discount, SUM(returns) AS returns, SUM(delivery) AS delivery, SUM(service) AS service,
         SUM(acquisition) AS acquisition
  FROM customer_parts
  WHERE cm3 > 0
  GROUP BY GROUPING SETS ((order_band, acquired_year, channel), (order_band, acquired_year), (order_band), ())
)
SELECT level, order_band, acquired_year, channel, n_peers,
       X_MONEY(X_DIV(cm3, n_peers)) AS cm3,
       X_DIV(discount, gross_sales) AS discount_rate,
       X_DIV(returns, gross_sales) AS returns_rate,
       X_DIV(delivery, n_orders) AS delivery_rate,
       X_DIV(service, n_orders) AS service_rate,
       X_DIV(acquisition, n_peers) AS acquisition_rate
FROM grouped
WHERE n_peers >= CASE WHEN level = 4 THEN 1 ELSE $peers END
