/* ---
what = "What was typed before a click on an advertisement: clicks, their cost, orders of these visits and their profit."
--- */
WITH clicks AS (
  SELECT touch_id, search_term, keyword, cost FROM touches WHERE search_term IS NOT NULL
),
earned AS (
  SELECT order_credits.touch_id AS touch_id, COUNT(*) AS n_orders, SUM(CAST(order_profit.cm3 AS DOUBLE)) AS cm3
  FROM order_credits
  JOIN order_profit ON order_profit.order_id = order_credits.order_id
  GROUP BY order_credits.touch_id
)
SELECT clicks.search_term AS search_term, MIN(clicks.keyword) AS keyword, COUNT(*) AS n_clicks, SUM(clicks.cost) AS spend,
       SUM(COALESCE(earned.n_orders, 0)) AS n_orders, CAST(SUM(earned.cm3) AS DECIMAL(18, 4)) AS cm3
FROM clicks
LEFT JOIN earned ON earned.touch_id = clicks.touch_id
GROUP BY clicks.search_term
