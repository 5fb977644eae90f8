/* ---
what = "Visits of the last 28 days to pages of compared SKUs, and what they bought."
grain = []
[columns]
n_visits = "int | visits"
n_bought = "int | of them, ended in an order"
profit = "rate | contribution (CM2) of those orders"
profit_squared = "rate | sum of its squares"
--- */
WITH visits AS (
  SELECT events.session_id
  FROM events
  JOIN price_positions ON price_positions.sku = events.sku
  WHERE events.kind = 'view' AND X_DAY(events.occurred_at) > X_ADD_DAYS($as_of, -28) AND X_DAY(events.occurred_at) <= $as_of
  GROUP BY events.session_id
),
bought AS (
  SELECT orders.session_id, SUM(CAST(order_profit.cm2 AS DOUBLE)) AS cm2
  FROM orders
  JOIN order_profit ON order_profit.order_id = orders.order_id
  WHERE orders.session_id IS NOT NULL AND orders.cancelled_at IS NULL
  GROUP BY orders.session_id
)
SELECT COUNT(*) AS n_visits, COUNT(b.session_id) AS n_bought, COALESCE(SUM(b.cm2), 0) AS profit, COALESCE(SUM(b.cm2 * b.cm2), 0) AS profit_squared
FROM visits AS v
LEFT JOIN bought AS b ON b.session_id = v.session_id
