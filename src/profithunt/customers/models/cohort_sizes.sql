/* ---
what = "Customers acquired and what their acquisition cost, by month and by every dimension of the first order."
grain = ["dimension", "member", "cohort_month"]
working = true
[columns]
dimension = "text | all, or a dimension of the first order"
member = "text | member; unallocated where none is known; the small ones together as: all others"
whole_member = "text | member before the small ones were put together"
cohort_month = "date | month of the first order; of spend without an order, of the spend"
n_acquired = "int | customers acquired"
acquisition_spend = "money | marketing of first orders, and spend that brought no order; null where no spend is known at all"
--- */
WITH people AS (
  SELECT acquired_month AS cohort_month, channel, store, country, region, marketing_channel, campaign, keyword,
         landing_page, sku, style, brand, category, promotion, first_discount,
         1 AS n_acquired, acquisition_spend
  FROM acquisitions
  UNION ALL
  SELECT ordered_month, CAST(NULL AS TEXT), NULL, NULL, NULL, marketing_channel, campaign, keyword, landing_page,
         NULL, NULL, NULL, NULL, NULL, NULL, 0, -SUM(marketing)
  FROM ledger
  WHERE order_id IS NULL AND customer_id IS NULL AND marketing <> 0 AND ordered_month IS NOT NULL
  GROUP BY ordered_month, marketing_channel, campaign, keyword, landing_page
),
order_cells AS (
  SELECT cohort_month, channel, store, country, region, promotion, first_discount,
         SUM(n_acquired) AS n_acquired, SUM(acquisition_spend) AS acquisition_spend
  FROM people
  GROUP BY cohort_month, channel, store, country, region, promotion, first_discount
),
counted AS (
  SELECT 'all' AS dimension, 'all' AS member, cohort_month, SUM(n_acquired) AS n_acquired, SUM(acquisition_spend) AS acquisition_spend
  FROM order_cells
  GROUP BY cohort_month
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
         cohort_month, SUM(n_acquired), SUM(acquisition_spend)
  FROM order_cells
  GROUP BY GROUPING SETS (
    (cohort_month, channel), (cohort_month, store), (cohort_month, country), (cohort_month, region),
    (cohort_month, promotion), (cohort_month, first_discount)
  )
  UNION ALL
  SELECT CASE
           WHEN GROUPING(marketing_channel) = 0 THEN 'marketing_channel'
           WHEN GROUPING(campaign) = 0 THEN 'campaign'
           WHEN GROUPING(keyword) = 0 THEN 'keyword'
           WHEN GROUPING(landing_page) = 0 THEN 'landing_page'
           WHEN GROUPING(sku) = 0 THEN 'sku'
           WHEN GROUPING(style) = 0 THEN 'style'
           WHEN GROUPING(brand) = 0 THEN 'brand'
           ELSE 'category'
         END,
         COALESCE(marketing_channel, campaign, keyword, landing_page, sku, style, brand, category, 'unallocated'),
         cohort_month, SUM(n_acquired), SUM(acquisition_spend)
  FROM people
  GROUP BY GROUPING SETS (
    (cohort_month, marketing_channel), (cohort_month, campaign), (cohort_month, keyword), (cohort_month, landing_page),
    (cohort_month, sku), (cohort_month, style), (cohort_month, brand), (cohort_month, category)
  )
),
sized AS (
  SELECT dimension, member, SUM(n_acquired) AS n_members, SUM(acquisition_spend) AS spend
  FROM counted
  GROUP BY dimension, member
),
ranked AS (
  SELECT dimension, member,
         ROW_NUMBER() OVER (
           PARTITION BY dimension
           ORDER BY CASE WHEN member = 'unallocated' THEN 0 ELSE 1 END, n_members DESC, spend DESC, member ASC
         ) AS place
  FROM sized
),
known AS (
  SELECT COUNT(*) AS n_pools FROM spend_pools
)
SELECT counted.dimension AS dimension,
       CASE WHEN ranked.place <= $cohort_members + 1 THEN counted.member ELSE 'all others' END AS member,
       counted.member AS whole_member,
       counted.cohort_month AS cohort_month,
       counted.n_acquired AS n_acquired,
       CASE WHEN known.n_pools > 0 THEN counted.acquisition_spend END AS acquisition_spend
FROM counted
JOIN ranked ON ranked.dimension = counted.dimension AND ranked.member = counted.member
CROSS JOIN known
