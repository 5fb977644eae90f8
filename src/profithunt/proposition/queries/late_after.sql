/* ---
what = "What customers did after an order that came late, or in time: each customer's first promised order in the window."
grain = ["month", "region", "is_new", "late"]
[columns]
month = "date | month of the order"
region = "text | region, else country"
is_new = "bool | it was the customer's first order of all"
late = "bool | a parcel came late"
n_customers = "int | customers"
n_again = "int | of them with an order between the promised day and the horizon after it"
later = "rate | contribution (CM2) of those orders, shop currency"
later_squared = "rate | sum of its squares, by customer"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at FROM order_profit WHERE customer_id IS NOT NULL GROUP BY customer_id
),
promised AS (
  SELECT order_id, MAX(promised_on) AS promised_on FROM defect_parcels WHERE promised_on IS NOT NULL GROUP BY order_id
),
known AS (
  SELECT o.order_id, p.customer_id, p.ordered_month, p.ordered_at, COALESCE(o.region, o.country, 'all') AS region, o.late,
         promised.promised_on,
         ROW_NUMBER() OVER (PARTITION BY p.customer_id ORDER BY p.ordered_at, o.order_id) AS place
  FROM defect_orders AS o
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  INNER JOIN promised ON promised.order_id = o.order_id
  WHERE o.late IS NOT NULL AND p.customer_id IS NOT NULL
    AND promised.promised_on > $since AND X_ADD_DAYS(promised.promised_on, $horizon) <= $until
),
chosen AS (
  SELECT order_id, customer_id, ordered_month, ordered_at, region, late, promised_on FROM known WHERE place = 1
),
after AS (
  SELECT c.order_id, COUNT(l.order_id) AS n_later, COALESCE(SUM(CAST(l.cm2 AS DOUBLE)), 0) AS later
  FROM chosen AS c
  LEFT JOIN order_profit AS l
    ON l.customer_id = c.customer_id AND l.ordered_on > c.promised_on AND l.ordered_on <= X_ADD_DAYS(c.promised_on, $horizon)
  GROUP BY c.order_id
)
SELECT c.ordered_month AS month, c.region,
       CASE WHEN c.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new,
       CASE WHEN c.late = 1 THEN TRUE ELSE FALSE END AS late,
       COUNT(*) AS n_customers, COUNT(CASE WHEN a.n_later > 0 THEN 1 END) AS n_again,
       SUM(a.later) AS later, SUM(a.later * a.later) AS later_squared
FROM chosen AS c
INNER JOIN after AS a ON a.order_id = c.order_id
INNER JOIN firsts ON firsts.customer_id = c.customer_id
GROUP BY c.ordered_month, c.region, CASE WHEN c.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END,
         CASE WHEN c.late = 1 THEN TRUE ELSE FALSE END
