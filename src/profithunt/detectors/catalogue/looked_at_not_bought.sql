/* ---
code = "SKU12"
number = 12
name = "looked_at_not_bought"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "mend_content_or_price"
statistic = "share"
direction = "low"
outlier = 0.7
window_days = 91
credibility = 0.7
vetoed_by = ["over_exposed_loser"]
needs = ["events.sku", "ledger.cm2"]
[thresholds]
view_kind = "view"
view_percentile = 0.7
[rows]
from = ""
[docs]
why = "Many customers look at the SKU and few buy it: its price, its pictures or its sizes disappoint."
value = "Views × (median conversion of its category − its own) × profit (CM2) of an order line."
known_problems = "A show-piece that sells others; views on days without stock are left out where stock is known by day (viewed out of stock tells those). A SKU that is only shown too much (over-exposed loser) is left to that: its page may be as good as others."
source = "DETECTORS 12; METRICS section 6"
--- */
WITH gone AS (
  SELECT sku, counted_on
  FROM stock
  WHERE counted_on > $window_start AND counted_on <= $window_end
  GROUP BY sku, counted_on
  HAVING SUM(on_hand) <= 0
),
-- Nobody can buy what is not there: views on days without stock say nothing of the page.
viewed AS (
  SELECT e.sku, COUNT(*) AS n_views
  FROM events AS e
  LEFT JOIN gone AS g ON g.sku = e.sku AND g.counted_on = X_DAY(e.occurred_at)
  WHERE e.kind = $view_kind AND e.sku IS NOT NULL AND g.sku IS NULL
    AND X_DAY(e.occurred_at) > $window_start AND X_DAY(e.occurred_at) <= $window_end
  GROUP BY e.sku
),
often AS (
  SELECT X_PERCENTILE(n_views, $view_percentile) AS n_views FROM viewed
),
sold AS (
  SELECT sku, COUNT(*) AS n_lines, X_DIV(SUM(cm2), COUNT(*)) AS margin
  FROM ledger
  WHERE in_window AND entry = 'line' AND units > 0
  GROUP BY sku
),
usual AS (
  SELECT COALESCE(p.category, '') AS category, AVG(s.margin) AS margin
  FROM sold AS s
  LEFT JOIN products AS p ON p.sku = s.sku
  GROUP BY COALESCE(p.category, '')
)
SELECT v.sku,
       COALESCE(MAX(p.category), '') AS peers,
       LEAST(COALESCE(MAX(s.n_lines), 0), MAX(v.n_views)) AS hits,
       MAX(v.n_views) AS trials,
       GREATEST(COALESCE(MAX(s.margin), MAX(u.margin), 0), 0) AS unit_loss,
       MAX(v.n_views) AS views,
       COALESCE(MAX(s.n_lines), 0) AS order_lines,
       CASE WHEN MAX(v.n_views) >= MAX(o.n_views) THEN NULL ELSE 0 END AS "limit"
FROM viewed AS v
CROSS JOIN often AS o
LEFT JOIN products AS p ON p.sku = v.sku
LEFT JOIN sold AS s ON s.sku = v.sku
LEFT JOIN usual AS u ON u.category = COALESCE(p.category, '')
GROUP BY v.sku
HAVING MAX(v.n_views) >= 30
