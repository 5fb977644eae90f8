/* ---
code = "STO45"
number = 45
name = "store_transfer"
level = "store_sku"
entity = ["store_id", "sku"]
owner = "stores"
reversible = true
action = "transfer_between_stores"
statistic = "sum"
window_days = 28
credibility = 0.6
needs = ["stock.place_id", "orders.store_id", "ledger.cm2"]
[thresholds]
pace_days = 182
cover_weeks = 12
transfer_cost = 1.5
prior_units = 2
[rows]
where = "in_window"
order_by = "cm2"
[rows.keys]
store_id = "store_id"
[docs]
why = "This store has none left of a SKU that it sells, while another one has enough for months."
value = "Units that the store would sell in 28 days × (profit (CM2) of a unit − transfer_cost), no more than the other store can spare beyond cover_weeks of its own sales."
known_problems = "What a store would sell is what the SKU sells in the stores that have it, in proportion to the store's size, shrunk towards the average SKU (prior_units). A transfer costs transfer_cost a unit, assumed until set. Each store is taken by itself: one surplus may be promised twice."
source = "DETECTORS 45; METRICS section 6"
--- */
WITH shops AS (
  SELECT o.store_id, SUM(l.units) AS units
  FROM ledger AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.entry = 'line' AND l.units > 0 AND o.store_id IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND l.ordered_on <= $window_end
  GROUP BY o.store_id
),
sizes AS (
  SELECT store_id, X_DIV(units, (SELECT SUM(units) FROM shops)) AS size FROM shops
),
sold AS (
  SELECT l.sku, o.store_id, SUM(l.units) AS units, SUM(l.cm2) AS cm2
  FROM ledger AS l
  INNER JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.entry = 'line' AND l.units > 0 AND l.sku IS NOT NULL AND o.store_id IS NOT NULL
    AND l.ordered_on > X_ADD_DAYS($window_end, -$pace_days) AND l.ordered_on <= $window_end
  GROUP BY l.sku, o.store_id
),
counted AS (
  SELECT s.sku, s.place_id AS store_id, s.on_hand, z.size,
         CASE WHEN s.on_hand > 0 THEN 1 ELSE 0 END AS is_there,
         ROW_NUMBER() OVER (PARTITION BY s.sku, s.place_id ORDER BY s.counted_on DESC) AS place
  FROM stock AS s
  INNER JOIN sizes AS z ON z.store_id = s.place_id
  WHERE s.counted_on > X_ADD_DAYS($window_end, -$pace_days) AND s.counted_on <= $window_end
),
places AS (
  SELECT sku, store_id, MAX(size) AS size, AVG(is_there) AS was_there, MAX(CASE WHEN place = 1 THEN on_hand END) AS on_hand
  FROM counted
  GROUP BY sku, store_id
),
offered AS (
  SELECT p.sku, SUM(p.size * p.was_there) AS size, COALESCE(SUM(s.units), 0) AS units, COALESCE(SUM(s.cm2), 0) AS cm2
  FROM places AS p
  LEFT JOIN sold AS s ON s.sku = p.sku AND s.store_id = p.store_id
  GROUP BY p.sku
),
usual AS (
  SELECT X_DIV(SUM(units), SUM(size)) AS pace, X_DIV(SUM(cm2), SUM(units)) AS margin FROM offered
),
paced AS (
  SELECT o.sku, o.units,
         X_DIV(o.units + $prior_units, o.size + X_DIV($prior_units, u.pace)) AS pace,
         X_DIV(o.cm2 + $prior_units * u.margin, o.units + $prior_units) AS margin
  FROM offered AS o
  CROSS JOIN usual AS u
  WHERE o.units > 0 AND u.pace > 0
),
expected AS (
  SELECT p.sku, p.store_id, p.on_hand, c.margin, c.units,
         X_DIV(c.pace * p.size, $pace_days) AS per_day
  FROM places AS p
  INNER JOIN paced AS c ON c.sku = p.sku
),
givers AS (
  SELECT sku, store_id, on_hand - $cover_weeks * 7 * per_day AS surplus,
         ROW_NUMBER() OVER (PARTITION BY sku ORDER BY on_hand - $cover_weeks * 7 * per_day DESC, store_id) AS place
  FROM expected
  WHERE on_hand > $cover_weeks * 7 * per_day AND on_hand >= 2
)
SELECT e.store_id,
       e.sku,
       LEAST(e.per_day * $window_days, g.surplus) * (e.margin - $transfer_cost) AS loss,
       e.units + $prior_units AS n,
       X_DIV(POWER(LEAST(e.per_day * $window_days, g.surplus) * (e.margin - $transfer_cost), 2), e.units + $prior_units) AS loss_sq,
       g.store_id     AS from_store,
       g.surplus      AS units_it_can_spare,
       e.per_day * $window_days AS units_to_expect,
       e.margin       AS cm2_per_unit,
       e.units        AS units_sold_in_stores
FROM expected AS e
INNER JOIN givers AS g ON g.sku = e.sku AND g.place = 1 AND g.store_id <> e.store_id
WHERE e.on_hand <= 0 AND e.margin > $transfer_cost
