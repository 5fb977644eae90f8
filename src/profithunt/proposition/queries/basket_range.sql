/* ---
what = "How much orders with a stated delivery charge are worth, ex tax, and what those with returns cost to take back."
grain = []
[columns]
n_orders = "int | orders with a stated delivery charge"
most = "rate | 99.5 % of them are worth less, ex tax"
n_returned = "int | of them with returns"
return_costs = "rate | carriage and handling of those returns"
--- */
SELECT COUNT(*) AS n_orders,
       X_PERCENTILE(order_profit.list_sales + order_profit.markdown + order_profit.promotion, 0.995) AS most,
       SUM(CASE WHEN order_profit.return_costs < 0 THEN 1 ELSE 0 END) AS n_returned,
       -CAST(SUM(order_profit.return_costs) AS DOUBLE) AS return_costs
FROM order_profit
JOIN orders ON orders.order_id = order_profit.order_id
WHERE orders.shipping_charged IS NOT NULL AND orders.cancelled_at IS NULL
  AND COALESCE(orders.currency, $currency) = $currency
  AND order_profit.list_sales + order_profit.markdown + order_profit.promotion > 0
