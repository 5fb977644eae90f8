/* ---
what = "For a listening session: the journeys of a span of days that went worst, by defects and money."
grain = ["order_id"]
[columns]
order_id = "text | order"
n_defects = "int | defects of its parcels"
days_late = "int | days after the promise"
n_heard = "int | contacts and reviews about it"
cost = "money | what service, goodwill and returns cost"
cm3 = "money | contribution profit of the order"
badness = "rate | defects, each at the mean cost of a failed order, and the money lost"
--- */
WITH failed AS (
  SELECT order_id, SUM(COALESCE(n_defects, 0)) AS n_defects,
         MAX(CASE WHEN late = 1 THEN X_DAYS_BETWEEN(promised_on, COALESCE(delivered_on, $last)) END) AS days_late
  FROM defect_parcels
  WHERE order_id IS NOT NULL AND "on" >= $first AND "on" <= $last AND failed = 1
  GROUP BY order_id
),
spoken AS (
  SELECT order_id, COUNT(*) AS n_heard, SUM(COALESCE(cost, 0)) AS cost
  FROM heard
  WHERE order_id IS NOT NULL AND heard_on >= $first AND heard_on <= $last AND reason <> 'praise'
  GROUP BY order_id
),
concerned AS (
  SELECT order_id FROM failed
  UNION
  SELECT order_id FROM spoken
)
SELECT c.order_id,
       COALESCE(f.n_defects, 0) AS n_defects,
       f.days_late,
       COALESCE(s.n_heard, 0) AS n_heard,
       COALESCE(s.cost, 0) AS cost,
       p.cm3,
       COALESCE(f.n_defects, 0) * $defect_cost + COALESCE(s.n_heard, 0) * $contact_cost
         + CAST(COALESCE(s.cost, 0) AS DOUBLE) + GREATEST(0, -CAST(COALESCE(p.cm3, 0) AS DOUBLE)) AS badness
FROM concerned AS c
LEFT JOIN failed AS f ON f.order_id = c.order_id
LEFT JOIN spoken AS s ON s.order_id = c.order_id
JOIN order_profit AS p ON p.order_id = c.order_id
ORDER BY 7 DESC, c.order_id
LIMIT $n
