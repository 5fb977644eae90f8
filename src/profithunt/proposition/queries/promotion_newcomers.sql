/* ---
what = "Customers whose first order was under a promotion, and those who came in the same days without one: what they are forecast to bring."
grain = ["promo_id", "under_it"]
[columns]
promo_id = "text | promotion"
under_it = "bool | the first order was under it"
n_customers = "int | customers"
clv_12m = "rate | mean contribution profit forecast for 12 months"
--- */
WITH lines AS (
  SELECT promo_id, order_id FROM promotion_lines GROUP BY promo_id, order_id
),
promoted AS (
  SELECT order_id FROM lines GROUP BY order_id
)
SELECT runs.promo_id,
       lines.order_id IS NOT NULL AS under_it,
       COUNT(*) AS n_customers,
       AVG(CAST(customer_clv.clv_12m AS DOUBLE)) AS clv_12m
FROM promotion_runs AS runs
JOIN acquisitions ON acquisitions.acquired_on >= runs.first_on AND acquisitions.acquired_on <= runs.last_on
JOIN customer_clv ON customer_clv.customer_id = acquisitions.customer_id
LEFT JOIN lines ON lines.promo_id = runs.promo_id AND lines.order_id = acquisitions.order_id
LEFT JOIN promoted ON promoted.order_id = acquisitions.order_id
WHERE lines.order_id IS NOT NULL OR promoted.order_id IS NULL
GROUP BY runs.promo_id, lines.order_id IS NOT NULL
