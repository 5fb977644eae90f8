/* ---
what = "What a defect of each kind costs: what orders with it needed beyond orders of which all was right."
grain = ["kind"]
[columns]
kind = "text | defect; any for orders with anything wrong"
n_orders = "int | orders with it"
n_clean = "int | orders of which all was right"
contacts = "rate | service contacts, shop currency per order; null where no contact is known"
concessions = "rate | goodwill given in contacts, per order"
reships = "rate | refunds, reships and goodwill recorded with the defect, per order"
claims = "rate | recovered from carrier or supplier, per order"
cost = "rate | contacts + concessions + reships − claims, without lost future profit"
error = "rate | standard error of it"
--- */
WITH spent AS (
  SELECT order_id, SUM(concession) AS concession FROM contacts WHERE order_id IS NOT NULL GROUP BY order_id
),
repaired AS (
  SELECT order_id, SUM(cost) AS cost, SUM(recovered) AS recovered FROM defects WHERE order_id IS NOT NULL GROUP BY order_id
),
orders_of AS (
  SELECT o.late, o.early, o.failed_attempt, o.lost, o.damaged, o.missing_item, o.wrong_item, o.wrong_address, o.not_received, o.other,
         o.cancelled_by_retailer, o.avoidable_contact, o.failed,
         CAST(-COALESCE(order_profit.service, 0) AS DOUBLE) AS contacts,
         CAST(COALESCE(spent.concession, 0) AS DOUBLE) AS concessions,
         CAST(COALESCE(repaired.cost, 0) AS DOUBLE) AS reships,
         CAST(COALESCE(repaired.recovered, 0) AS DOUBLE) AS claims
  FROM defect_orders AS o
  JOIN order_profit ON order_profit.order_id = o.order_id
  LEFT JOIN spent ON spent.order_id = o.order_id
  LEFT JOIN repaired ON repaired.order_id = o.order_id
),
clean AS (
  SELECT COUNT(*) AS n, AVG(contacts) AS contacts, AVG(concessions) AS concessions, AVG(reships) AS reships, AVG(claims) AS claims
  FROM orders_of WHERE failed = 0
),
known AS (
  SELECT (SELECT COUNT(*) FROM contacts) > 0 AS contacts, (SELECT COUNT(*) FROM defects) > 0 AS defects
),
kinds AS (
  SELECT 'any' AS kind, contacts, concessions, reships, claims FROM orders_of WHERE failed = 1
  UNION ALL
  SELECT 'late', contacts, concessions, reships, claims FROM orders_of WHERE late = 1
  UNION ALL
  SELECT 'early', contacts, concessions, reships, claims FROM orders_of WHERE early = 1
  UNION ALL
  SELECT 'failed_attempt', contacts, concessions, reships, claims FROM orders_of WHERE failed_attempt = 1
  UNION ALL
  SELECT 'lost', contacts, concessions, reships, claims FROM orders_of WHERE lost = 1
  UNION ALL
  SELECT 'damaged', contacts, concessions, reships, claims FROM orders_of WHERE damaged = 1
  UNION ALL
  SELECT 'missing_item', contacts, concessions, reships, claims FROM orders_of WHERE missing_item = 1
  UNION ALL
  SELECT 'wrong_item', contacts, concessions, reships, claims FROM orders_of WHERE wrong_item = 1
  UNION ALL
  SELECT 'wrong_address', contacts, concessions, reships, claims FROM orders_of WHERE wrong_address = 1
  UNION ALL
  SELECT 'not_received', contacts, concessions, reships, claims FROM orders_of WHERE not_received = 1
  UNION ALL
  SELECT 'other', contacts, concessions, reships, claims FROM orders_of WHERE other = 1
  UNION ALL
  SELECT 'cancelled_by_retailer', contacts, concessions, reships, claims FROM orders_of WHERE cancelled_by_retailer = 1
  UNION ALL
  SELECT 'avoidable_contact', contacts, concessions, reships, claims FROM orders_of WHERE avoidable_contact = 1
),
means AS (
  SELECT kind, COUNT(*) AS n, AVG(contacts) AS contacts, AVG(concessions) AS concessions, AVG(reships) AS reships, AVG(claims) AS claims,
         STDDEV_SAMP(contacts + concessions + reships - claims) AS deviation
  FROM kinds GROUP BY kind
)
SELECT means.kind, means.n AS n_orders, clean.n AS n_clean,
       CASE WHEN known.contacts THEN means.contacts - clean.contacts END AS contacts,
       CASE WHEN known.contacts THEN means.concessions - clean.concessions END AS concessions,
       CASE WHEN known.defects THEN means.reships - clean.reships END AS reships,
       CASE WHEN known.defects THEN means.claims - clean.claims END AS claims,
       CASE WHEN known.contacts OR known.defects THEN
         means.contacts - clean.contacts + means.concessions - clean.concessions + means.reships - clean.reships
         - (means.claims - clean.claims) END AS cost,
       CASE WHEN known.contacts OR known.defects THEN X_DIV(means.deviation, SQRT(CAST(means.n AS DOUBLE))) END AS error
FROM means
CROSS JOIN clean
CROSS JOIN known
