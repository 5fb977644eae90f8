/* ---
code = "SKU23"
number = 23
name = "return_driven_loss"
level = "sku"
entity = ["sku"]
owner = "merchandising"
reversible = true
action = "fix_the_page_or_stop_the_line"
statistic = "share"
outlier = 0.95
window_days = 364
lag_days = 28
needs = ["returns"]
[thresholds]
min_lines = 20
[rows]
where = "in_window AND units_returned > 0"
order_by = "refunds + return_costs"
[docs]
why = "The SKU comes back far more often than others of its category: its page, its size or its quality promises something else."
value = "Returned lines above the category's median × what a return costs: the profit that the line would have made if kept, plus delivery, handling and write-down."
known_problems = "Short-lived batches; sets of which one piece is returned. The last 28 days are left out because their returns are not all in."
source = "METRICS sections 1 (returns lag) and 6"
--- */
WITH entries AS (
  SELECT sku,
         entry,
         ordered_on,
         units,
         units_returned,
         refunds,
         return_costs,
         list_sales,
         CASE WHEN cost_source = 'assumed' THEN list_sales ELSE 0 END AS assumed_sales,
         cm2 - expected_returns - expected_recovery - expected_return_costs AS cm2
  FROM ledger
  WHERE in_window AND sku IS NOT NULL AND entry IN ('line', 'return') AND (units > 0 OR units_returned > 0)
),
kept AS (
  SELECT sku, GREATEST(X_DIV(SUM(cm2), SUM(units)), 0) AS margin
  FROM entries
  WHERE entry = 'line' AND units_returned = 0
  GROUP BY sku
)
SELECT e.sku,
       COALESCE(MAX(p.category), '') AS peers,
       LEAST(COUNT(CASE WHEN e.units_returned > 0 THEN 1 END), COUNT(CASE WHEN e.entry = 'line' THEN 1 END)) AS hits,
       COUNT(CASE WHEN e.entry = 'line' THEN 1 END) AS trials,
       X_ACTIVITY(e.ordered_on),
       X_DIV(SUM(CASE WHEN e.units_returned > 0 AND e.entry = 'line' THEN e.units * COALESCE(k.margin, 0) - e.cm2
                      WHEN e.units_returned > 0 THEN -e.cm2 END),
             COUNT(CASE WHEN e.units_returned > 0 THEN 1 END)) AS unit_loss,
       COUNT(CASE WHEN e.units_returned > 0 THEN 1 END) AS unit_n,
       SUM(CASE WHEN e.entry = 'line' THEN e.units ELSE 0 END) AS units,
       SUM(e.units_returned) AS units_returned,
       -SUM(e.refunds)       AS refunded,
       -SUM(e.return_costs)  AS return_costs,
       MAX(k.margin)         AS margin_kept_per_unit,
       X_DIV(SUM(e.assumed_sales), SUM(e.list_sales)) AS assumed_share
FROM entries AS e
LEFT JOIN kept AS k ON k.sku = e.sku
LEFT JOIN products AS p ON p.sku = e.sku
GROUP BY e.sku
HAVING COUNT(CASE WHEN e.entry = 'line' THEN 1 END) >= $min_lines
