/* ---
code = "CAR50"
number = 50
name = "where_is_my_order_surge"
level = "carrier"
entity = ["carrier"]
owner = "customer_experience"
reversible = true
action = "send_proactive_messages"
statistic = "count"
window_days = 56
drifts = false
needs = ["contacts.order_id", "shipments.carrier"]
[thresholds]
min_parcels = 50
contact_cost = 5.0
before_days = 182
[rows]
from = ""
[docs]
why = "Customers whose parcels go with this carrier ask where their order is more often than customers of the other carriers do."
value = "Contacts about delivery per order above the rate of all other carriers (a lone carrier: its own former rate) × orders to expect in 28 days × what a contact costs."
known_problems = "Reasons of contacts differ in wording: where a reason is given, only those about delivery count. Without a cost of contacts contact_cost is assumed."
source = "METRICS section 5"
--- */
WITH carried AS (
  SELECT order_id, MIN(carrier) AS carrier FROM shipments WHERE carrier IS NOT NULL GROUP BY order_id
),
asked AS (
  SELECT order_id, COUNT(*) AS n_contacts, SUM(cost) AS cost
  FROM contacts
  WHERE order_id IS NOT NULL
    AND (reason IS NULL OR LOWER(reason) LIKE '%where%' OR LOWER(reason) LIKE '%wismo%' OR LOWER(reason) LIKE '%deliver%'
         OR LOWER(reason) LIKE '%late%' OR LOWER(reason) LIKE '%track%' OR LOWER(reason) LIKE '%ship%'
         OR LOWER(reason) LIKE '%parcel%' OR LOWER(reason) LIKE '%arriv%')
  GROUP BY order_id
),
told AS (
  SELECT c.carrier,
         o.ordered_on,
         o.ordered_on > $window_start AS is_now,
         COALESCE(a.n_contacts, 0) AS n_contacts
  FROM carried AS c
  INNER JOIN order_profit AS o ON o.order_id = c.order_id
  LEFT JOIN asked AS a ON a.order_id = c.order_id
  WHERE o.ordered_on <= $window_end AND o.ordered_on > X_ADD_DAYS($window_start, -$before_days)
),
costs AS (
  SELECT X_DIV(-SUM(service), (SELECT COUNT(*) FROM contacts WHERE order_id IS NOT NULL)) AS per_contact FROM ledger
),
former AS (
  SELECT carrier, X_DIV(SUM(n_contacts), COUNT(*)) AS rate FROM told WHERE NOT is_now GROUP BY carrier
),
total AS (
  SELECT SUM(n_contacts) AS n_contacts, COUNT(*) AS n_orders FROM told
),
carrier AS (
  SELECT carrier, SUM(n_contacts) AS n_contacts, COUNT(*) AS n_orders FROM told GROUP BY carrier
)
SELECT t.carrier,
       SUM(t.n_contacts) AS hits,
       COUNT(*)          AS exposure,
       COALESCE(X_DIV(MAX(a.n_contacts) - MAX(w.n_contacts), MAX(a.n_orders) - MAX(w.n_orders)),
                MAX(f.rate),
                X_DIV(SUM(t.n_contacts), COUNT(*))) AS benchmark,
       X_ACTIVITY(t.ordered_on),
       CASE WHEN MAX(c.per_contact) > 0 THEN MAX(c.per_contact) ELSE $contact_cost END AS unit_loss,
       COUNT(*)          AS orders,
       SUM(t.n_contacts) AS contacts,
       MAX(f.rate)       AS former_rate,
       CASE WHEN MAX(c.per_contact) > 0 THEN 0 ELSE 1 END AS assumed_share
FROM told AS t
CROSS JOIN costs AS c
CROSS JOIN total AS a
INNER JOIN carrier AS w ON w.carrier = t.carrier
LEFT JOIN former AS f ON f.carrier = t.carrier
WHERE t.is_now
GROUP BY t.carrier
HAVING COUNT(*) >= $min_parcels
