/* ---
what = "Returned lines by kind of customer and days after the order."
grain = ["segment", "lag_days"]
[columns]
segment = "text | kind of customer"
lag_days = "int | days from the order to the return"
n_returned = "int | returned lines"
--- */
SELECT COALESCE(return_customers.segment, 'seldom') AS segment,
       X_DAYS_BETWEEN(order_profit.ordered_on, X_DAY(returns.returned_at)) AS lag_days,
       COUNT(*) AS n_returned
FROM returns
JOIN order_profit ON order_profit.order_id = returns.order_id
LEFT JOIN return_customers ON return_customers.customer_id = order_profit.customer_id
WHERE order_profit.ordered_on > $since AND order_profit.ordered_on <= $until AND returns.returned_at IS NOT NULL
  AND X_DAY(returns.returned_at) >= order_profit.ordered_on
GROUP BY COALESCE(return_customers.segment, 'seldom'), X_DAYS_BETWEEN(order_profit.ordered_on, X_DAY(returns.returned_at))
