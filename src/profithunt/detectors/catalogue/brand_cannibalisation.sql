/* ---
code = "KW33"
number = 33
name = "brand_cannibalisation"
level = "keyword"
entity = ["keyword"]
owner = "marketing"
reversible = true
action = "pause_it_in_some_regions_and_compare"
effort = 2
statistic = "sum"
window_days = 182
credibility = 0.6
needs = ["touches.keyword", "touches.cost | ad_spend.keyword"]
[thresholds]
brand_terms = ""
incremental_share = 0.1
min_clicks = 10
[rows]
where = "in_window AND entry = 'line'"
order_by = "marketing"
[docs]
why = "The shop pays for clicks of people who typed its own name: most of them were on their way already and would have clicked the result below."
value = "Spend on the keyword × (1 − incremental_share), over 28 days: the share of its orders that would not have come without the advertisement is assumed until some regions have been held out."
known_problems = "Own-name keywords are known by brand_terms (up to four, parted by |), by the brands of own-label products, or by a campaign or ad group that is called brand; a campaign for a supplier's brand may be called so too. Where rivals bid on the name, more of it is incremental: pausing pays only while the incremental share stays below share_to_break_even."
source = "Blake, Nosko and Tadelis (2015), Consumer heterogeneity and paid search effectiveness: eBay's own-name keywords brought next to nothing"
--- */
WITH booked AS (
  SELECT channel FROM ad_spend GROUP BY channel
),
spend AS (
  SELECT keyword, campaign, ad_group, spent_on, cost, COALESCE(clicks, 0) AS clicks FROM ad_spend WHERE keyword IS NOT NULL
  UNION ALL
  SELECT t.keyword, t.campaign, t.ad_group, X_DAY(t.touched_at), t.cost, 1
  FROM touches AS t
  LEFT JOIN booked AS b ON b.channel = t.channel
  WHERE t.keyword IS NOT NULL AND t.cost IS NOT NULL AND b.channel IS NULL
),
own_names AS (
  SELECT LOWER(TRIM(SPLIT_PART($brand_terms, '|', 1))) AS term
  UNION SELECT LOWER(TRIM(SPLIT_PART($brand_terms, '|', 2)))
  UNION SELECT LOWER(TRIM(SPLIT_PART($brand_terms, '|', 3)))
  UNION SELECT LOWER(TRIM(SPLIT_PART($brand_terms, '|', 4)))
  UNION SELECT LOWER(brand) FROM products WHERE own_label AND LENGTH(brand) >= 4
),
called AS (
  SELECT keyword,
         MAX(CASE WHEN (LOWER(campaign) LIKE '%brand%' AND NOT LOWER(campaign) LIKE '%non%brand%')
                    OR LOWER(campaign) LIKE '%own name%' OR LOWER(ad_group) LIKE '%own name%'
                    OR (LOWER(ad_group) LIKE '%brand%' AND NOT LOWER(ad_group) LIKE '%non%brand%') THEN 1 ELSE 0 END) AS by_campaign
  FROM spend
  GROUP BY keyword
),
own AS (
  SELECT c.keyword
  FROM called AS c
  LEFT JOIN own_names AS n ON n.term <> '' AND LOWER(c.keyword) LIKE CONCAT('%', n.term, '%')
  WHERE n.term IS NOT NULL OR (c.by_campaign = 1 AND $brand_terms = '')
  GROUP BY c.keyword
),
earned AS (
  SELECT keyword, COUNT(DISTINCT order_id) AS n_orders, COUNT(DISTINCT CASE WHEN is_new_customer_order THEN order_id END) AS n_new, SUM(cm2) AS cm2
  FROM ledger
  WHERE in_window AND keyword IS NOT NULL AND entry = 'line'
  GROUP BY keyword
)
SELECT s.keyword,
       CAST(SUM(s.cost) AS DOUBLE) * (1 - $incremental_share) AS loss,
       COUNT(*) AS n,
       POWER(CAST(SUM(s.cost) AS DOUBLE) * (1 - $incremental_share), 2) * 0.04 AS loss_sq,
       X_ACTIVITY(s.spent_on),
       MAX(s.campaign)      AS campaign,
       SUM(s.clicks)        AS clicks,
       SUM(s.cost)          AS spend,
       COALESCE(MAX(e.n_orders), 0) AS orders,
       COALESCE(MAX(e.n_new), 0)    AS orders_of_new_customers,
       COALESCE(MAX(e.cm2), 0)      AS cm2,
       X_DIV(SUM(s.cost), GREATEST(MAX(e.cm2), 0)) AS share_to_break_even,
       1                    AS assumed_share
FROM spend AS s
INNER JOIN own AS o ON o.keyword = s.keyword
LEFT JOIN earned AS e ON e.keyword = s.keyword
WHERE s.spent_on > $window_start AND s.spent_on <= $window_end AND s.cost > 0
GROUP BY s.keyword
HAVING SUM(s.clicks) >= $min_clicks
