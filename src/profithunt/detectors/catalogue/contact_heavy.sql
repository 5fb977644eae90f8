/* ---
code = "CUST10"
number = 10
name = "contact_heavy"
level = "customer"
entity = ["customer_id"]
owner = "customer_experience"
reversible = true
action = "find_the_root_cause"
statistic = "count"
outlier = 0.95
window_days = 364
needs = ["contacts", "orders.customer_id"]
[thresholds]
min_orders = 3
contact_cost = 5.0
[rows]
where = "in_window AND service < 0"
order_by = "service"
[docs]
why = "The customer contacts service far more often per order than others; something keeps going wrong, or is never explained."
value = "Contacts per order above the median customer × orders to expect in 28 days × what a contact of this customer costs: one who asks at length costs more than the mean."
known_problems = "One bad order can bring several contacts; a business customer orders for many. Where no cost of a contact is known, contact_cost is assumed."
source = "METRICS sections 5 and 6"
--- */
WITH asked AS (
  SELECT COALESCE(c.customer_id, o.customer_id) AS customer_id, COUNT(*) AS n_contacts, COUNT(DISTINCT c.reason) AS n_reasons
  FROM contacts AS c
  LEFT JOIN orders AS o ON o.order_id = c.order_id
  WHERE X_DAY(c.contacted_at) > $window_start AND X_DAY(c.contacted_at) <= $window_end
  GROUP BY COALESCE(c.customer_id, o.customer_id)
),
costs AS (
  SELECT X_DIV(-SUM(service), (SELECT SUM(n_contacts) FROM asked)) AS per_contact FROM ledger WHERE in_window
),
customer_orders AS (
  SELECT customer_id, order_id, MIN(ordered_on) AS ordered_on, SUM(service) AS service
  FROM ledger
  WHERE in_window AND customer_id IS NOT NULL AND order_id IS NOT NULL
  GROUP BY customer_id, order_id
)
SELECT o.customer_id,
       COALESCE(MAX(a.n_contacts), 0) AS hits,
       COUNT(*) AS exposure,
       X_ACTIVITY(o.ordered_on),
       CASE WHEN MAX(c.per_contact) > 0 THEN COALESCE(X_DIV(-SUM(o.service), MAX(a.n_contacts)), MAX(c.per_contact))
            ELSE $contact_cost END AS unit_loss,
       CASE WHEN MAX(c.per_contact) > 0 THEN COALESCE(MAX(a.n_contacts), 0) END AS unit_n,
       COALESCE(MAX(a.n_contacts), 0) AS contacts,
       COALESCE(MAX(a.n_reasons), 0)  AS reasons,
       CASE WHEN MAX(c.per_contact) > 0 THEN 0 ELSE 1 END AS assumed_share
FROM customer_orders AS o
CROSS JOIN costs AS c
LEFT JOIN asked AS a ON a.customer_id = o.customer_id
GROUP BY o.customer_id
HAVING COUNT(*) >= $min_orders
