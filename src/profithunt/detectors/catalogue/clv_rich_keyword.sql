/* ---
code = "KW31"
number = 31
name = "clv_rich_keyword"
level = "keyword"
entity = ["keyword"]
owner = "marketing"
reversible = true
action = "bid_up"
statistic = "ratio"
direction = "high"
outlier = 0.8
window_days = 728
drifts = false
credibility = 0.6
vetoed_by = ["brand_cannibalisation"]
needs = ["orders.customer_id", "acquisitions.keyword", "customer_clv.clv_24m", "touches.cost | ad_spend.keyword"]
[thresholds]
target = 3.0
times_target = 1.5
min_customers = 5
click_elasticity = 0.8
most_extra = 0.5
[rows]
where = "in_window AND is_new_customer_order AND keyword IS NOT NULL"
order_by = "-cm3"
[docs]
why = "The customers whom this keyword wins are worth many times what winning them costs: the shop leaves such customers to others because it bids by the first order."
value = "New customers to expect in 28 days × the share of them that a higher bid brings in addition × (lifetime value − acquisition cost). A bid may rise as far as value ÷ cost lies above its target; clicks follow the bid by click_elasticity (assumed), up to most_extra: a shop that is shown in two of three searches, a usual aim in the trade, can win half as many clicks again."
known_problems = "How many more clicks there are is assumed until the bid is raised: nothing here says how often the shop is shown already. Extra clicks may bring customers who are worth less. All spend on the keyword counts as acquisition, also that on customers who were there already."
source = "METRICS sections 1 and 2; Gupta, Lehmann and Stuart (2004), Valuing customers"
--- */
WITH booked AS (
  SELECT channel FROM ad_spend GROUP BY channel
),
spend AS (
  SELECT keyword, spent_on, cost FROM ad_spend WHERE keyword IS NOT NULL
  UNION ALL
  SELECT t.keyword, X_DAY(t.touched_at), t.cost
  FROM touches AS t
  LEFT JOIN booked AS b ON b.channel = t.channel
  WHERE t.keyword IS NOT NULL AND t.cost IS NOT NULL AND b.channel IS NULL
),
spent AS (
  SELECT keyword, SUM(cost) AS spend
  FROM spend
  WHERE spent_on > $window_start AND spent_on <= $window_end
  GROUP BY keyword
),
earned AS (
  SELECT customer_id, SUM(cm3) AS cm3, COUNT(*) AS n_orders
  FROM order_profit
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),
people AS (
  SELECT a.customer_id, a.keyword, a.acquired_on, a.acquired_month,
         -- Acquisition is held against it apart.
         CAST(p.cm3 + a.acquisition_spend AS DOUBLE) + COALESCE(c.clv_24m, 0) AS worth
  FROM acquisitions AS a
  INNER JOIN earned AS p ON p.customer_id = a.customer_id
  LEFT JOIN customer_clv AS c ON c.customer_id = a.customer_id
  WHERE a.acquired_on > $window_start AND a.acquired_on <= $window_end
),
-- Who came earlier has had more time: everybody is held against those of the same month.
won AS (
  SELECT customer_id, keyword, acquired_on,
         worth - AVG(worth) OVER (PARTITION BY acquired_month) + AVG(worth) OVER (PARTITION BY 1) AS worth
  FROM people
),
costs AS (
  SELECT w.keyword, COUNT(*) AS n, AVG(w.worth) AS worth, X_DIV(MAX(s.spend), COUNT(*)) AS cac
  FROM won AS w
  INNER JOIN spent AS s ON s.keyword = w.keyword
  WHERE w.keyword IS NOT NULL
  GROUP BY w.keyword
)
SELECT w.keyword,
       X_MOMENTS(w.worth, 1),
       X_ACTIVITY(w.acquired_on),
       MAX(c.cac) AS benchmark,
       MAX(c.cac) * $target * $times_target AS "limit",
       GREATEST(LEAST((X_DIV(MAX(c.worth), MAX(c.cac) * $target) - 1) * $click_elasticity, $most_extra), 0) AS unit_loss,
       20         AS unit_n,
       COUNT(*)   AS new_customers,
       AVG(w.worth) AS clv_per_customer,
       MAX(c.cac) AS cac,
       X_DIV(AVG(w.worth), MAX(c.cac)) AS clv_per_cac,
       1          AS assumed_share
FROM won AS w
INNER JOIN costs AS c ON c.keyword = w.keyword
WHERE c.cac > 0
GROUP BY w.keyword
HAVING COUNT(*) >= $min_customers
