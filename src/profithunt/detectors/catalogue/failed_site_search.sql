/* ---
code = "WEB36"
number = 36
name = "failed_site_search"
level = "search_term"
entity = ["search_term"]
owner = "web"
reversible = true
action = "add_synonym_or_range"
statistic = "sum"
window_days = 91
credibility = 0.6
needs = ["events.search_term", "events.results", "orders.session_id"]
[thresholds]
search_kind = "search"
min_searches = 100
[rows]
from = ""
[docs]
why = "Visitors type this into the shop's own search and get nothing."
value = "Searches without a result × share of searches with results that end in an order × profit (CM2) of such an order."
known_problems = "The shop may not want to sell what they look for; searches repeated within a visit count once."
source = "DETECTORS 36"
--- */
WITH searches AS (
  SELECT session_id,
         LOWER(TRIM(search_term)) AS search_term,
         MIN(X_DAY(occurred_at))  AS searched_on,
         MAX(results)             AS results
  FROM events
  WHERE kind = $search_kind AND search_term IS NOT NULL AND results IS NOT NULL
    AND X_DAY(occurred_at) > $window_start AND X_DAY(occurred_at) <= $window_end
  GROUP BY session_id, LOWER(TRIM(search_term))
),
bought AS (
  SELECT o.session_id, SUM(p.cm2) AS cm2
  FROM orders AS o
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  WHERE o.session_id IS NOT NULL
  GROUP BY o.session_id
),
usual AS (
  SELECT GREATEST(COALESCE(X_DIV(SUM(b.cm2), COUNT(*)), 0), 0) AS per_search
  FROM searches AS s
  LEFT JOIN bought AS b ON b.session_id = s.session_id
  WHERE s.results > 0
)
SELECT s.search_term,
       COUNT(*) * MAX(u.per_search) AS loss,
       COUNT(*) AS n,
       COUNT(*) * MAX(u.per_search) * MAX(u.per_search) AS loss_sq,
       X_ACTIVITY(s.searched_on),
       COUNT(*) AS searches,
       MAX(u.per_search) AS cm2_per_search
FROM searches AS s
CROSS JOIN usual AS u
WHERE s.results = 0
GROUP BY s.search_term
HAVING COUNT(*) >= $min_searches
