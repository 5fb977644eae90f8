/* ---
what = "Purchase history of each customer: as it is now, as it was on the day that the hold-out began, and what came after that."
grain = ["customer_id"]
working = true
[columns]
place = "int | number of the customer, in order of customer_id"
customer_id = "text | customer"
segment = "text | segment that is fitted by itself; null where the shop is one"
purchases = "int | days with an order"
recency_days = "int | days from the first purchase to the last"
age_days = "int | days from the first purchase to the last day known"
valued = "int | purchases of known profit"
profit = "money | profit of these"
profit_sq = "rate | sum of the squares of their profits"
least = "money | smallest of their profits"
purchases_then = "int | the same when the hold-out began"
recency_days_then = "int | the same when the hold-out began"
age_days_then = "int | the same when the hold-out began"
valued_then = "int | the same when the hold-out began"
profit_then = "money | the same when the hold-out began"
profit_sq_then = "rate | the same when the hold-out began"
least_then = "money | the same when the hold-out began"
purchases_after = "int | purchases in the hold-out"
profit_after = "money | profit of the purchases in the hold-out, null where one is not known"
--- */
WITH gathered AS (
  SELECT customer_id,
         MIN(first_member) AS first_member,
         COUNT(*) AS purchases,
         MIN(ordered_on) AS first_on,
         MAX(ordered_on) AS last_on,
         COUNT(profit) AS valued,
         SUM(profit) AS profit,
         SUM(CAST(profit AS DOUBLE) * CAST(profit AS DOUBLE)) AS profit_sq,
         MIN(profit) AS least,
         COUNT(CASE WHEN ordered_on <= $cut THEN 1 END) AS purchases_then,
         MAX(CASE WHEN ordered_on <= $cut THEN ordered_on END) AS last_on_then,
         COUNT(CASE WHEN ordered_on <= $cut THEN profit END) AS valued_then,
         SUM(CASE WHEN ordered_on <= $cut THEN profit END) AS profit_then,
         SUM(CASE WHEN ordered_on <= $cut THEN CAST(profit AS DOUBLE) * CAST(profit AS DOUBLE) END) AS profit_sq_then,
         MIN(CASE WHEN ordered_on <= $cut THEN profit END) AS least_then,
         COUNT(CASE WHEN ordered_on > $cut THEN 1 END) AS purchases_after,
         COUNT(CASE WHEN ordered_on > $cut THEN profit END) AS valued_after,
         SUM(CASE WHEN ordered_on > $cut THEN profit ELSE 0 END) AS profit_after
  FROM clv_purchases
  GROUP BY customer_id
)
SELECT ROW_NUMBER() OVER (ORDER BY customer_id) AS place,
       customer_id,
       NULLIF(SPLIT_PART(first_member, '|', 3), '') AS segment,
       purchases,
       X_DAYS_BETWEEN(first_on, last_on) AS recency_days,
       X_DAYS_BETWEEN(first_on, $until) AS age_days,
       valued, profit, profit_sq, least,
       purchases_then,
       X_DAYS_BETWEEN(first_on, last_on_then) AS recency_days_then,
       X_DAYS_BETWEEN(first_on, $cut) AS age_days_then,
       valued_then, profit_then, profit_sq_then, least_then,
       purchases_after,
       CASE WHEN valued_after = purchases_after THEN profit_after END AS profit_after
FROM gathered
