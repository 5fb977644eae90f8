/* ---
what = "The shop's days: orders and net sales, for its history, its pace and its seasons."
grain = ["ordered_on"]
[columns]
ordered_on = "date | day of the order"
n_orders = "int | orders"
net_sales = "money | net sales"
--- */
SELECT ordered_on, COUNT(*) AS n_orders, SUM(net_sales) AS net_sales
FROM order_profit
WHERE ordered_on IS NOT NULL
GROUP BY ordered_on
