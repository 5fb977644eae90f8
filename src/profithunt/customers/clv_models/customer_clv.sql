/* ---
what = "What each customer will bring: probability of being active, orders and contribution profit over the months ahead, each with its range."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
segment = "text | segment fitted by itself, null where the shop is one"
method = "text | bg_nbd, pareto_nbd, cohort_mean, or none where nothing can be said"
n_orders = "int | purchases: days with an order that was not cancelled"
recency = "rate | time from the first purchase to the last, in the time unit of the settings (weeks by default)"
age = "rate | time from the first purchase to the last day known, same unit"
profit_to_date = "money | contribution profit of these purchases"
p_alive = "rate | probability that the customer has not left for good"
profit_per_order = "money | contribution profit expected of an order"
expected_orders_12m = "rate | purchases expected in 12 months"
expected_orders_12m_p10 = "rate | 1 in 10 chance of fewer"
expected_orders_12m_p90 = "rate | 1 in 10 chance of more"
expected_orders_24m = "rate | purchases expected in 24 months"
expected_orders_24m_p10 = "rate | 1 in 10 chance of fewer"
expected_orders_24m_p90 = "rate | 1 in 10 chance of more"
expected_orders_36m = "rate | purchases expected in 36 months"
expected_orders_36m_p10 = "rate | 1 in 10 chance of fewer"
expected_orders_36m_p90 = "rate | 1 in 10 chance of more"
clv_12m = "money | contribution profit expected in 12 months, discounted to the last day known"
clv_12m_p10 = "money | 1 in 10 chance of less"
clv_12m_p90 = "money | 1 in 10 chance of more"
clv_24m = "money | contribution profit expected in 24 months, discounted"
clv_24m_p10 = "money | 1 in 10 chance of less"
clv_24m_p90 = "money | 1 in 10 chance of more"
clv_36m = "money | contribution profit expected in 36 months, discounted"
clv_36m_p10 = "money | 1 in 10 chance of less"
clv_36m_p90 = "money | 1 in 10 chance of more"
[checks]
unique = true
--- */
SELECT clv_histories.customer_id AS customer_id,
       clv_histories.segment AS segment,
       clv_scores.method AS method,
       clv_histories.purchases AS n_orders,
       clv_histories.recency_days / CAST($unit_days AS DOUBLE) AS recency,
       clv_histories.age_days / CAST($unit_days AS DOUBLE) AS age,
       clv_histories.profit AS profit_to_date,
       clv_scores.p_alive AS p_alive,
       clv_scores.profit_per_order AS profit_per_order,
       clv_scores.orders_0 AS expected_orders_12m,
       clv_scores.orders_low_0 AS expected_orders_12m_p10,
       clv_scores.orders_high_0 AS expected_orders_12m_p90,
       clv_scores.orders_1 AS expected_orders_24m,
       clv_scores.orders_low_1 AS expected_orders_24m_p10,
       clv_scores.orders_high_1 AS expected_orders_24m_p90,
       clv_scores.orders_2 AS expected_orders_36m,
       clv_scores.orders_low_2 AS expected_orders_36m_p10,
       clv_scores.orders_high_2 AS expected_orders_36m_p90,
       clv_scores.value_0 AS clv_12m,
       clv_scores.low_0 AS clv_12m_p10,
       clv_scores.high_0 AS clv_12m_p90,
       clv_scores.value_1 AS clv_24m,
       clv_scores.low_1 AS clv_24m_p10,
       clv_scores.high_1 AS clv_24m_p90,
       clv_scores.value_2 AS clv_36m,
       clv_scores.low_2 AS clv_36m_p10,
       clv_scores.high_2 AS clv_36m_p90
FROM clv_histories
JOIN clv_scores ON clv_scores.place = clv_histories.place
