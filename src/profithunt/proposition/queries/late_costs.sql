/* ---
what = "Orders with a late parcel and all others, by mix: what they cost after delivery, what of them was refunded."
grain = ["month", "region", "is_new", "late"]
[columns]
month = "date | month of the order"
region = "text | region, else country"
is_new = "bool | the first order of a known customer"
late = "bool | a parcel came late"
n_orders = "int | orders"
net_sales = "rate | net sales, shop currency"
margin = "rate | net sales less cost of goods"
spent = "rate | service, concessions and return costs"
spent_squared = "rate | sum of its squares"
refunded = "rate | refunds, those still to come among them"
refunded_squared = "rate | sum of its squares"
n_contacts = "int | service contacts that the shop records at all"
n_returns = "int | returns that it records at all"
--- */
WITH firsts AS (
  SELECT customer_id, MIN(ordered_at) AS first_at FROM order_profit WHERE customer_id IS NOT NULL GROUP BY customer_id
),
recorded AS (
  SELECT (SELECT COUNT(*) FROM contacts) AS n_contacts, (SELECT COUNT(*) FROM returns) AS n_returns
),
known AS (
  SELECT p.ordered_month AS month, COALESCE(o.region, o.country, 'all') AS region,
         CASE WHEN p.ordered_at = firsts.first_at THEN TRUE ELSE FALSE END AS is_new,
         CASE WHEN o.late = 1 THEN TRUE ELSE FALSE END AS late,
         CAST(p.net_sales AS DOUBLE) AS net_sales,
         CAST(p.cm1 AS DOUBLE) AS margin,
         -CAST(COALESCE(p.service, 0) + COALESCE(p.concessions, 0) + COALESCE(p.return_costs, 0) + COALESCE(p.expected_return_costs, 0) AS DOUBLE) AS spent,
         -CAST(COALESCE(p.refunds, 0) + COALESCE(p.expected_returns, 0) AS DOUBLE) AS refunded
  FROM defect_orders AS o
  INNER JOIN order_profit AS p ON p.order_id = o.order_id
  LEFT JOIN firsts ON firsts.customer_id = p.customer_id
  WHERE o.late IS NOT NULL AND o.ordered_on > $since AND o.ordered_on <= $until
)
SELECT k.month, k.region, k.is_new, k.late, COUNT(*) AS n_orders, SUM(k.net_sales) AS net_sales, SUM(k.margin) AS margin,
       SUM(k.spent) AS spent, SUM(k.spent * k.spent) AS spent_squared,
       SUM(k.refunded) AS refunded, SUM(k.refunded * k.refunded) AS refunded_squared,
       MAX(r.n_contacts) AS n_contacts, MAX(r.n_returns) AS n_returns
FROM known AS k
CROSS JOIN recorded AS r
GROUP BY k.month, k.region, k.is_new, k.late
