/* ---
code = "CUST07"
number = 7
name = "next_high_value_action"
level = "customer"
entity = ["next_action"]
owner = "crm"
reversible = true
action = "prompt_the_action_with_a_held_out_group"
statistic = "sum"
window_days = 28
credibility = 0.8
customers = "prompted"
needs = ["customer_actions"]
[thresholds]
min_customers = 5
[rows]
from = ""
[docs]
why = "These customers have not yet done something that is known to make customers buy more afterwards, and a prompt costs less than it is expected to bring."
value = "Over the customers for whom even the lower end of the effect is above zero: share who follow the prompt × effect on profit over its horizon (365 days) − cost of the prompt: what prompting them in these 28 days brings, counted to its end."
known_problems = "Only actions with a credible effect count, and each customer only with the best of them. The share that follows a prompt is declared, not measured. An effect found on those who acted by themselves may be smaller on those who are led to it: keep some of them out."
source = "METRICS section 3; MISSION M7"
--- */
WITH prompted AS (
  SELECT action AS next_action,
         customer_id,
         horizon_days,
         uptake,
         CAST(expected_effect AS DOUBLE) AS effect,
         CAST(cost AS DOUBLE) AS cost,
         X_DIV(CAST(effect_high - effect_low AS DOUBLE), 2 * 1.96) AS error,
         CAST(net AS DOUBLE) AS expected_profit
  FROM customer_actions
  WHERE effect_low > 0 AND net > 0
)
SELECT next_action,
       SUM(expected_profit) * X_DIV($window_days, $horizon_days) AS loss,
       COUNT(*) AS n,
       -- The errors of one action's effect go the same way for all customers: they do not average out.
       POWER(SUM(error * uptake) * X_DIV($window_days, $horizon_days), 2) AS loss_sq,
       COUNT(*)    AS customers,
       AVG(effect) AS effect_per_customer,
       AVG(uptake) AS share_who_follow,
       AVG(cost)   AS cost_per_customer,
       MAX(horizon_days) AS days_of_the_effect,
       0.5         AS assumed_share
FROM prompted
GROUP BY next_action
HAVING COUNT(*) >= $min_customers
