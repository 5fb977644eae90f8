/* ---
what = "Cohorts: what customers acquired in a month did in each month since, by every dimension of their first order. Only months that have come. Each dimension adds up to the ledger, with what belongs to no cohort under the member 'unallocated' without a cohort month."
grain = ["dimension", "member", "cohort_month", "month"]
[columns]
dimension = "text | all, or a dimension of the first order"
member = "text | member; unallocated where none is known; the small ones together as: all others"
cohort_month = "date | month of the first order; null for what belongs to no cohort"
months_since = "int | months since that of the first order; what happened before it counts as month 0"
month = "date | the month itself"
complete = "bool | the month is over, as far as the data goes"
n_acquired = "int | customers of the cohort, the same in each of its months"
acquisition_spend = "money | marketing of their first orders, and of that month's spend that brought no order; the same in each month; null where no spend is known at all"
n_retained = "int | of them, how many ordered in the month"
n_orders = "int | their orders"
net_sales = "money | net sales to them"
cm2 = "money | their CM2"
cm3 = "money | their contribution profit"
--- */
WITH done AS (
  SELECT acquisitions.acquired_month AS cohort_month,
         GREATEST(COALESCE(X_MONTHS_BETWEEN(acquisitions.acquired_month, customer_months.month), 0), 0) AS months_since,
         acquisitions.channel AS channel, acquisitions.store AS store, acquisitions.country AS country,
         acquisitions.region AS region, acquisitions.promotion AS promotion,
         acquisitions.first_discount AS first_discount, acquisitions.marketing_channel AS marketing_channel,
         acquisitions.campaign AS campaign, acquisitions.keyword AS keyword,
         acquisitions.landing_page AS landing_page, acquisitions.sku AS sku, acquisitions.style AS style,
         acquisitions.brand AS brand, acquisitions.category AS category,
         CASE WHEN customer_months.n_orders > 0 THEN 1 ELSE 0 END AS n_retained,
         customer_months.n_orders AS n_orders, customer_months.net_sales AS net_sales, customer_months.cm2 AS cm2,
         customer_months.cm3 AS cm3
  FROM customer_months
  JOIN acquisitions ON acquisitions.customer_id = customer_months.customer_id
),
order_cells AS (
  SELECT cohort_month, months_since, channel, store, country, region, promotion, first_discount,
         SUM(n_retained) AS n_retained, SUM(n_orders) AS n_orders, SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2,
         X_SUM(cm3) AS cm3
  FROM done
  GROUP BY cohort_month, months_since, channel, store, country, region, promotion, first_discount
),
touch_cells AS (
  SELECT cohort_month, months_since, marketing_channel, campaign, keyword, landing_page,
         SUM(n_retained) AS n_retained, SUM(n_orders) AS n_orders, SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2,
         X_SUM(cm3) AS cm3
  FROM done
  GROUP BY cohort_month, months_since, marketing_channel, campaign, keyword, landing_page
),
product_cells AS (
  SELECT cohort_month, months_since, sku, style, brand, category,
         SUM(n_retained) AS n_retained, SUM(n_orders) AS n_orders, SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2,
         X_SUM(cm3) AS cm3
  FROM done
  GROUP BY cohort_month, months_since, sku, style, brand, category
),
members AS (
  SELECT 'all' AS dimension, 'all' AS member, cohort_month, months_since, SUM(n_retained) AS n_retained,
         SUM(n_orders) AS n_orders, SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3
  FROM order_cells
  GROUP BY cohort_month, months_since
  UNION ALL
  SELECT CASE
           WHEN GROUPING(channel) = 0 THEN 'channel'
           WHEN GROUPING(store) = 0 THEN 'store'
           WHEN GROUPING(country) = 0 THEN 'country'
           WHEN GROUPING(region) = 0 THEN 'region'
           WHEN GROUPING(promotion) = 0 THEN 'promotion'
           ELSE 'first_discount'
         END,
         COALESCE(channel, store, country, region, promotion, first_discount, 'unallocated'),
         cohort_month, months_since, SUM(n_retained), SUM(n_orders), SUM(net_sales), X_SUM(cm2), X_SUM(cm3)
  FROM order_cells
  GROUP BY GROUPING SETS (
    (cohort_month, months_since, channel), (cohort_month, months_since, store), (cohort_month, months_since, country),
    (cohort_month, months_since, region), (cohort_month, months_since, promotion),
    (cohort_month, months_since, first_discount)
  )
  UNION ALL
  SELECT CASE
           WHEN GROUPING(marketing_channel) = 0 THEN 'marketing_channel'
           WHEN GROUPING(campaign) = 0 THEN 'campaign'
           WHEN GROUPING(keyword) = 0 THEN 'keyword'
           ELSE 'landing_page'
         END,
         COALESCE(marketing_channel, campaign, keyword, landing_page, 'unallocated'),
         cohort_month, months_since, SUM(n_retained), SUM(n_orders), SUM(net_sales), X_SUM(cm2), X_SUM(cm3)
  FROM touch_cells
  GROUP BY GROUPING SETS (
    (cohort_month, months_since, marketing_channel), (cohort_month, months_since, campaign),
    (cohort_month, months_since, keyword), (cohort_month, months_since, landing_page)
  )
  UNION ALL
  SELECT CASE
           WHEN GROUPING(sku) = 0 THEN 'sku'
           WHEN GROUPING(style) = 0 THEN 'style'
           WHEN GROUPING(brand) = 0 THEN 'brand'
           ELSE 'category'
         END,
         COALESCE(sku, style, brand, category, 'unallocated'),
         cohort_month, months_since, SUM(n_retained), SUM(n_orders), SUM(net_sales), X_SUM(cm2), X_SUM(cm3)
  FROM product_cells
  GROUP BY GROUPING SETS (
    (cohort_month, months_since, sku), (cohort_month, months_since, style), (cohort_month, months_since, brand),
    (cohort_month, months_since, category)
  )
),
sizes AS (
  SELECT dimension, member, cohort_month, SUM(n_acquired) AS n_acquired, SUM(acquisition_spend) AS acquisition_spend
  FROM cohort_sizes
  GROUP BY dimension, member, cohort_month
),
cells AS (
  SELECT members.dimension AS dimension, cohort_sizes.member AS member, members.cohort_month AS cohort_month,
         members.months_since AS months_since, members.n_retained AS n_retained, members.n_orders AS n_orders,
         members.net_sales AS net_sales, members.cm2 AS cm2, members.cm3 AS cm3
  FROM members
  JOIN cohort_sizes
    ON cohort_sizes.dimension = members.dimension
    AND cohort_sizes.whole_member = members.member
    AND cohort_sizes.cohort_month = members.cohort_month
  UNION ALL
  SELECT sizes.dimension, sizes.member, sizes.cohort_month,
         X_MONTHS_BETWEEN(sizes.cohort_month, calendar_months.month), 0, 0, X_MONEY(0), X_MONEY(0), X_MONEY(0)
  FROM sizes
  JOIN calendar_months ON calendar_months.month >= sizes.cohort_month
),
summed AS (
  SELECT dimension, member, cohort_month, months_since, SUM(n_retained) AS n_retained, SUM(n_orders) AS n_orders,
         SUM(net_sales) AS net_sales, X_SUM(cm2) AS cm2, X_SUM(cm3) AS cm3
  FROM cells
  GROUP BY dimension, member, cohort_month, months_since
),
outside AS (
  SELECT ledger.ordered_month AS month, SUM(ledger.net_sales) AS net_sales, X_SUM(ledger.cm2) AS cm2, X_SUM(ledger.cm3) AS cm3
  FROM ledger
  LEFT JOIN acquisitions ON acquisitions.customer_id = ledger.customer_id
  WHERE acquisitions.customer_id IS NULL
  GROUP BY ledger.ordered_month
),
dimensions AS (
  SELECT dimension FROM cohort_sizes GROUP BY dimension
)
SELECT summed.dimension AS dimension, summed.member AS member, summed.cohort_month AS cohort_month,
       summed.months_since AS months_since,
       X_ADD_MONTHS(summed.cohort_month, summed.months_since) AS month,
       X_ADD_MONTHS(summed.cohort_month, summed.months_since + 1) <= X_ADD_DAYS($as_of, 1) AS complete,
       sizes.n_acquired AS n_acquired, sizes.acquisition_spend AS acquisition_spend,
       summed.n_retained AS n_retained, summed.n_orders AS n_orders, summed.net_sales AS net_sales,
       summed.cm2 AS cm2, summed.cm3 AS cm3
FROM summed
JOIN sizes
  ON sizes.dimension = summed.dimension AND sizes.member = summed.member AND sizes.cohort_month = summed.cohort_month
UNION ALL
SELECT dimensions.dimension, 'unallocated', NULL, NULL, outside.month, X_ADD_MONTHS(outside.month, 1) <= X_ADD_DAYS($as_of, 1),
       NULL, NULL, NULL, NULL, outside.net_sales, outside.cm2, outside.cm3
FROM outside
CROSS JOIN dimensions
