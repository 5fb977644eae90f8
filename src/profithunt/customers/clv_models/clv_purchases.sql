/* ---
what = "Purchases as models of repeat buying count them: the orders of a customer on one day are one purchase; cancelled orders are none."
grain = ["customer_id", "ordered_on"]
working = true
[columns]
customer_id = "text | customer"
ordered_on = "date | day in the shop's time zone"
profit = "money | contribution profit of the day's orders, null where a cost of them is not known"
first_member = "text | time, order and member of the day's first order, from which the customer's segment is taken"
--- */
SELECT order_profit.customer_id AS customer_id,
       order_profit.ordered_on AS ordered_on,
       X_SUM(X_PART(profit)) AS profit,
       MIN(X_PART(first_member)) AS first_member
FROM order_profit
JOIN orders ON orders.order_id = order_profit.order_id
WHERE order_profit.customer_id IS NOT NULL AND orders.cancelled_at IS NULL AND order_profit.ordered_on <= $until
GROUP BY order_profit.customer_id, order_profit.ordered_on
