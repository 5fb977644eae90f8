/* ---
what = "Money lost by cause: parts of the ledger's amounts, each unit of currency claimed by one cause at most."
grain = ["month", "cause", "component"]
[columns]
month = "date | month of the order; of what belongs to no order, of the day it happened"
cause = "text | defects, contacts, returns, dead_clicks, stock_outs, excess_stock, needless_discounts, idle_capacity"
component = "text | component of the ledger that the money is a part of"
lost = "money | money lost, shop currency, positive"
n_entries = "int | ledger entries behind it"
--- */
WITH troubled AS (
  SELECT order_id
  FROM defect_orders
  WHERE COALESCE(late, 0) + COALESCE(early, 0) + COALESCE(failed_attempt, 0) + COALESCE(lost, 0) + COALESCE(damaged, 0)
        + COALESCE(missing_item, 0) + COALESCE(wrong_item, 0) + COALESCE(wrong_address, 0) + COALESCE(not_received, 0)
        + COALESCE(other, 0) + COALESCE(cancelled_by_retailer, 0) > 0
),
short AS (
  SELECT order_id, line_no
  FROM order_lines
  WHERE cancelled_quantity > 0
    AND (LOWER(cancel_reason) LIKE '%stock%' OR LOWER(cancel_reason) LIKE '%unavailable%' OR LOWER(cancel_reason) LIKE '%sold out%')
),
margin AS (
  SELECT LEAST(GREATEST(COALESCE(X_DIV(SUM(cm1), SUM(net_sales)), 0), 0), 1) AS share FROM ledger WHERE line_no IS NOT NULL
),
pace AS (
  SELECT sku, X_DIV(SUM(units), 90) AS per_day
  FROM ledger
  WHERE line_no IS NOT NULL AND ordered_on > X_ADD_DAYS($as_of, -90) AND ordered_on <= $as_of
  GROUP BY sku
),
held AS (
  SELECT stock.sku AS sku, SUM(stock.on_hand) AS on_hand
  FROM stock
  JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $as_of GROUP BY sku) AS latest
    ON latest.sku = stock.sku AND latest.counted_on = stock.counted_on
  GROUP BY stock.sku
),
excess AS (
  SELECT held.sku AS sku,
         GREATEST(COALESCE(X_DIV(CAST(held.on_hand AS DOUBLE) - $cover_days * COALESCE(pace.per_day, 0), held.on_hand), 0), 0) AS share
  FROM held
  LEFT JOIN pace ON pace.sku = held.sku
),
claims AS (
  SELECT l.ordered_month AS month,
         CASE WHEN t.order_id IS NOT NULL THEN 'defects' ELSE 'contacts' END AS cause,
         'service' AS component, -l.service AS lost
  FROM ledger AS l LEFT JOIN troubled AS t ON t.order_id = l.order_id
  WHERE l.service <> 0
  UNION ALL
  SELECT ordered_month, 'defects', 'concessions', -concessions FROM ledger WHERE concessions <> 0
  UNION ALL
  SELECT ordered_month, 'returns', 'return_costs', -return_costs FROM ledger WHERE return_costs <> 0
  UNION ALL
  SELECT ordered_month, 'returns', 'expected_return_costs', -expected_return_costs FROM ledger WHERE expected_return_costs <> 0
  UNION ALL
  SELECT ordered_month, 'returns', 'carriage', X_TIMES(-carriage, LEAST(X_DIV(units_returned, units), 1))
  FROM ledger WHERE line_no IS NOT NULL AND units_returned > 0 AND units > 0 AND carriage < 0
  UNION ALL
  SELECT ordered_month, 'returns', 'fulfilment', X_TIMES(-fulfilment, LEAST(X_DIV(units_returned, units), 1))
  FROM ledger WHERE line_no IS NOT NULL AND units_returned > 0 AND units > 0 AND fulfilment < 0
  UNION ALL
  SELECT ordered_month, 'dead_clicks', 'marketing', -marketing FROM ledger WHERE order_id IS NULL AND marketing <> 0
  UNION ALL
  SELECT l.ordered_month, 'stock_outs', 'cancellations', X_TIMES(-l.cancellations, m.share)
  FROM ledger AS l JOIN short AS s ON s.order_id = l.order_id AND s.line_no = l.line_no CROSS JOIN margin AS m
  WHERE l.cancellations < 0
  UNION ALL
  SELECT l.ordered_month, 'excess_stock', 'storage', X_TIMES(-l.storage, e.share)
  FROM ledger AS l JOIN excess AS e ON e.sku = l.sku
  WHERE l.storage < 0
  UNION ALL
  SELECT ordered_month, 'needless_discounts', 'promotion', LEAST(-promotion, -cm2)
  FROM ledger WHERE line_no IS NOT NULL AND promotion < 0 AND cm2 < 0
  UNION ALL
  SELECT ordered_month, 'needless_discounts', 'markdown', LEAST(-markdown, -cm2 + promotion)
  FROM ledger WHERE line_no IS NOT NULL AND markdown < 0 AND -cm2 + promotion > 0
  UNION ALL
  SELECT ordered_month, 'idle_capacity', 'idle_capacity', -idle_capacity FROM ledger WHERE idle_capacity < 0
)
SELECT month, cause, component, SUM(lost) AS lost, COUNT(*) AS n_entries
FROM claims
WHERE month IS NOT NULL AND lost IS NOT NULL
GROUP BY month, cause, component
