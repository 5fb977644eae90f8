/* ---
what = "The cohort of each trial: one row a customer, with the outcome after the index order and what was known before it."
grain = ["horizon_days", "unit"]
kind = "view"
[columns]
horizon_days = "int | days over which the outcome is counted; 0 for customers as they are now"
unit = "int | number of the customer in the trial, from 0"
customer_id = "text | customer"
outcome = "money | contribution profit over the horizon after the index order, that order left out; null where the horizon is not over"
placebo = "money | contribution profit before the span that covariates look at"
index_profit = "money | contribution profit of the index order itself, which the outcome leaves out"
recency_days = "int | days since the last order"
tenure_days = "int | days since the first order; null at the first"
calendar_month = "int | month of the index order"
week_day = "int | day of the week of the index order, Monday is 0"
orders_30d = "int | orders in the 30 days before"
orders_91d = "int | orders in the 91 days before"
orders_182d = "int | orders in the 182 days before"
orders_365d = "int | orders in the 365 days before"
profit_30d = "money | contribution profit in the 30 days before"
profit_91d = "money | contribution profit in the 91 days before"
profit_182d = "money | contribution profit in the 182 days before"
profit_365d = "money | contribution profit in the 365 days before"
sales_span = "money | list sales over the span"
profit_per_order = "rate | contribution profit an order"
skus_per_order = "rate | different SKUs an order"
categories_per_order = "rate | different categories an order"
most_categories = "int | most categories in one order"
units_span = "quantity | units over the span"
last_order_profit = "money | contribution profit of the last order"
last_order_skus = "int | different SKUs in the last order"
discount_share = "rate | discount as a share of list sales"
discounted_order_share = "rate | orders with a discount"
return_share = "rate | units returned as a share of units"
n_returned = "int | orders with a return"
n_late = "int | orders that came late"
n_contacts = "int | orders with a contact"
own_label_share = "rate | own label as a share of list sales"
category_1_share = "rate | share of list sales in the category of rank 1"
category_2_share = "rate | share of list sales in the category of rank 2"
category_3_share = "rate | share of list sales in the category of rank 3"
category_4_share = "rate | share of list sales in the category of rank 4"
category_5_share = "rate | share of list sales in the category of rank 5"
category_6_share = "rate | share of list sales in the category of rank 6"
category_7_share = "rate | share of list sales in the category of rank 7"
category_8_share = "rate | share of list sales in the category of rank 8"
channel_1_share = "rate | share of orders through the channel of rank 1"
channel_2_share = "rate | share of orders through the channel of rank 2"
channel_3_share = "rate | share of orders through the channel of rank 3"
channel_4_share = "rate | share of orders through the channel of rank 4"
--- */
WITH joined AS (
  SELECT i.horizon_days AS horizon_days, i.unit AS unit, i.customer_id AS customer_id, i.index_on AS index_on,
         i.span_days AS span_days, i.placebo_days AS placebo_days,
         X_DAYS_BETWEEN(o.ordered_on, i.index_on) AS days_ago,
         o.place IS NOT NULL AND o.place < i.place AS is_order,
         o.place IS NOT NULL AND o.place = i.place - 1 AS is_last,
         o.place IS NOT NULL AND o.place = i.place AS at_index,
         CASE WHEN o.place IS NULL THEN o.ordered_on < i.index_on ELSE o.place < i.place END AS earlier,
         CASE WHEN o.place IS NULL THEN o.ordered_on > i.index_on ELSE o.place > i.place END AS later,
         o.cm3 AS cm3, o.list_sales AS list_sales, o.discounts AS discounts, o.n_skus AS n_skus, o.n_categories AS n_categories, o.units AS units, o.units_returned AS units_returned, o.returned AS returned, o.late AS late, o.contacted AS contacted, o.discounted AS discounted, o.own_label_sales AS own_label_sales, o.channel_1 AS channel_1, o.channel_2 AS channel_2, o.channel_3 AS channel_3, o.channel_4 AS channel_4, o.category_1 AS category_1, o.category_2 AS category_2, o.category_3 AS category_3, o.category_4 AS category_4, o.category_5 AS category_5, o.category_6 AS category_6, o.category_7 AS category_7, o.category_8 AS category_8
  FROM action_index AS i
  INNER JOIN action_orders AS o ON o.customer_id = i.customer_id
),
dated AS (
  SELECT horizon_days, unit, customer_id, index_on, span_days, placebo_days, days_ago, is_order, is_last, at_index, earlier, later,
         earlier AND days_ago <= span_days AS inside,
         is_order AND days_ago <= span_days AS inside_order,
         cm3, list_sales, discounts, n_skus, n_categories, units, units_returned, returned, late, contacted, discounted, own_label_sales, channel_1, channel_2, channel_3, channel_4, category_1, category_2, category_3, category_4, category_5, category_6, category_7, category_8
  FROM joined
)
SELECT horizon_days AS horizon_days,
       unit AS unit,
       customer_id AS customer_id,
       CASE WHEN horizon_days > 0 THEN SUM(CASE WHEN later AND -days_ago <= horizon_days THEN cm3 ELSE 0 END) END AS outcome,
       CASE WHEN placebo_days > 0 THEN SUM(CASE WHEN earlier AND days_ago > span_days AND days_ago <= span_days + placebo_days THEN cm3 ELSE 0 END) END AS placebo,
       SUM(CASE WHEN at_index THEN cm3 ELSE 0 END) AS index_profit,
       CASE WHEN MIN(CASE WHEN is_order THEN days_ago END) <= span_days THEN MIN(CASE WHEN is_order THEN days_ago END) END AS recency_days,
       MAX(CASE WHEN is_order THEN days_ago END) AS tenure_days,
       EXTRACT(MONTH FROM index_on) AS calendar_month,
       MOD(X_DAYS_BETWEEN(CAST('1990-01-01' AS DATE), index_on), 7) AS week_day,
       CASE WHEN span_days >= 30 THEN SUM(CASE WHEN is_order AND days_ago <= 30 THEN 1 ELSE 0 END) END AS orders_30d,
       CASE WHEN span_days >= 91 THEN SUM(CASE WHEN is_order AND days_ago <= 91 THEN 1 ELSE 0 END) END AS orders_91d,
       CASE WHEN span_days >= 182 THEN SUM(CASE WHEN is_order AND days_ago <= 182 THEN 1 ELSE 0 END) END AS orders_182d,
       CASE WHEN span_days >= 365 THEN SUM(CASE WHEN is_order AND days_ago <= 365 THEN 1 ELSE 0 END) END AS orders_365d,
       CASE WHEN span_days >= 30 THEN SUM(CASE WHEN earlier AND days_ago <= 30 THEN cm3 ELSE 0 END) END AS profit_30d,
       CASE WHEN span_days >= 91 THEN SUM(CASE WHEN earlier AND days_ago <= 91 THEN cm3 ELSE 0 END) END AS profit_91d,
       CASE WHEN span_days >= 182 THEN SUM(CASE WHEN earlier AND days_ago <= 182 THEN cm3 ELSE 0 END) END AS profit_182d,
       CASE WHEN span_days >= 365 THEN SUM(CASE WHEN earlier AND days_ago <= 365 THEN cm3 ELSE 0 END) END AS profit_365d,
       SUM(CASE WHEN inside THEN list_sales ELSE 0 END) AS sales_span,
       X_DIV(SUM(CASE WHEN inside_order THEN cm3 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS profit_per_order,
       X_DIV(SUM(CASE WHEN inside_order THEN n_skus ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS skus_per_order,
       X_DIV(SUM(CASE WHEN inside_order THEN n_categories ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS categories_per_order,
       MAX(CASE WHEN inside_order THEN n_categories ELSE 0 END) AS most_categories,
       SUM(CASE WHEN inside THEN units ELSE 0 END) AS units_span,
       SUM(CASE WHEN is_last AND inside THEN cm3 ELSE 0 END) AS last_order_profit,
       SUM(CASE WHEN is_last AND inside THEN n_skus ELSE 0 END) AS last_order_skus,
       X_DIV(SUM(CASE WHEN inside THEN discounts ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS discount_share,
       X_DIV(SUM(CASE WHEN inside_order AND discounted THEN 1 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS discounted_order_share,
       X_DIV(SUM(CASE WHEN inside THEN units_returned ELSE 0 END), SUM(CASE WHEN inside THEN units ELSE 0 END)) AS return_share,
       SUM(CASE WHEN inside_order AND returned THEN 1 ELSE 0 END) AS n_returned,
       SUM(CASE WHEN inside_order AND late THEN 1 ELSE 0 END) AS n_late,
       SUM(CASE WHEN inside_order AND contacted THEN 1 ELSE 0 END) AS n_contacts,
       X_DIV(SUM(CASE WHEN inside THEN own_label_sales ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS own_label_share,
       X_DIV(SUM(CASE WHEN inside THEN category_1 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_1_share,
       X_DIV(SUM(CASE WHEN inside THEN category_2 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_2_share,
       X_DIV(SUM(CASE WHEN inside THEN category_3 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_3_share,
       X_DIV(SUM(CASE WHEN inside THEN category_4 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_4_share,
       X_DIV(SUM(CASE WHEN inside THEN category_5 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_5_share,
       X_DIV(SUM(CASE WHEN inside THEN category_6 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_6_share,
       X_DIV(SUM(CASE WHEN inside THEN category_7 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_7_share,
       X_DIV(SUM(CASE WHEN inside THEN category_8 ELSE 0 END), SUM(CASE WHEN inside THEN list_sales ELSE 0 END)) AS category_8_share,
       X_DIV(SUM(CASE WHEN inside_order THEN channel_1 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS channel_1_share,
       X_DIV(SUM(CASE WHEN inside_order THEN channel_2 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS channel_2_share,
       X_DIV(SUM(CASE WHEN inside_order THEN channel_3 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS channel_3_share,
       X_DIV(SUM(CASE WHEN inside_order THEN channel_4 ELSE 0 END), SUM(CASE WHEN inside_order THEN 1 ELSE 0 END)) AS channel_4_share
FROM dated
GROUP BY horizon_days, unit, customer_id, index_on, span_days, placebo_days
