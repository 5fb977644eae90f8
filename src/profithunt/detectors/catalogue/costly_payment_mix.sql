/* ---
code = "REG43"
number = 43
name = "costly_payment_mix"
level = "region"
entity = ["region"]
owner = "finance"
reversible = true
action = "steer_to_cheaper_payment"
statistic = "ratio"
direction = "high"
outlier = 0.9
window_days = 364
needs = ["ledger.fees", "orders.region | orders.country"]
[thresholds]
min_orders = 30
[rows]
where = "in_window AND fees < 0"
order_by = "fees"
[rows.keys]
region = "COALESCE(region, country)"
[docs]
why = "Customers of this region pay by means that cost the shop a larger share of sales than elsewhere."
value = "Share of fees above the median region × sales to expect in 28 days."
known_problems = "Fixed fees weigh more on small orders: look at the size of the orders too. `profithunt proposition payments` weighs fees, returns and cancellations against orders lost, by way of payment."
source = "METRICS section 6"
--- */
SELECT COALESCE(region, country) AS region,
       X_MOMENTS(-fees, list_sales + markdown + promotion + shipping_income),
       X_ACTIVITY(ordered_on),
       COUNT(*)       AS n_orders,
       -SUM(fees)     AS fees,
       SUM(list_sales + markdown + promotion + shipping_income) AS sales
FROM order_profit
WHERE in_window AND COALESCE(region, country) IS NOT NULL AND list_sales > 0
GROUP BY COALESCE(region, country)
HAVING COUNT(*) >= $min_orders
