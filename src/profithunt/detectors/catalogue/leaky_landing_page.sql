/* ---
code = "WEB34"
number = 34
name = "leaky_landing_page"
level = "landing_page"
entity = ["landing_page"]
owner = "web"
reversible = true
action = "swap_the_page"
statistic = "share"
outlier = 0.7
window_days = 91
credibility = 0.6
needs = ["sessions.landing_page", "sessions.bounced", "orders.session_id"]
[thresholds]
min_sessions = 500
[rows]
from = ""
[docs]
why = "Visitors who arrive on this page leave at once, more often than from other pages."
value = "Visits that bounce above the median page's share × profit (CM2) of a visit that stays."
known_problems = "Pages that visitors come to for one answer, such as opening hours; traffic of low quality is the campaign's fault, not the page's."
source = "DETECTORS 34"
--- */
WITH visits AS (
  SELECT s.landing_page,
         X_DAY(s.started_at) AS visited_on,
         CASE WHEN s.bounced THEN 1 ELSE 0 END AS bounced,
         COALESCE(o.cm2, 0) AS cm2
  FROM sessions AS s
  LEFT JOIN (
    SELECT a.session_id, SUM(b.cm2) AS cm2
    FROM orders AS a
    INNER JOIN order_profit AS b ON b.order_id = a.order_id
    WHERE a.session_id IS NOT NULL
    GROUP BY a.session_id
  ) AS o ON o.session_id = s.session_id
  WHERE s.landing_page IS NOT NULL AND X_DAY(s.started_at) > $window_start AND X_DAY(s.started_at) <= $window_end
),
usual AS (
  SELECT GREATEST(X_DIV(SUM(cm2), SUM(1 - bounced)), 0) AS per_visit FROM visits
)
SELECT v.landing_page,
       SUM(v.bounced) AS hits,
       COUNT(*)       AS trials,
       X_ACTIVITY(v.visited_on),
       MAX(u.per_visit) AS unit_loss,
       COUNT(*)       AS sessions,
       SUM(v.bounced) AS bounced,
       SUM(v.cm2)     AS cm2
FROM visits AS v
CROSS JOIN usual AS u
GROUP BY v.landing_page
HAVING COUNT(*) >= $min_sessions
