/* ---
what = "Customers known when a promotion began: what kind they are by what they bought long before, and whether it was offered to them."
grain = ["promo_id", "customer_id"]
working = true
[columns]
promo_id = "text | promotion"
customer_id = "text | customer"
segment = "text | heavy, regular, occasional, other, lapsed or new"
stratum = "int | fifth by units bought long before, and whether another offer came in the same weeks"
arm = "text | acted, held; none where it was open to all"
design = "text | holdout, targeted or none"
--- */
WITH labels AS (
  SELECT promo_id, promo_id AS label FROM promotions
  UNION
  SELECT promo_id, name AS label FROM promotions WHERE name IS NOT NULL
),
earlier AS (
  SELECT runs.promo_id AS promo_id, ledger.customer_id AS customer_id,
         SUM(CAST(ledger.units AS DOUBLE)) AS units,
         COUNT(DISTINCT CASE WHEN scopes.sku IS NOT NULL THEN ledger.ordered_on END) AS days_with_it
  FROM promotion_runs AS runs
  JOIN ledger
    ON ledger.ordered_on < X_ADD_DAYS(runs.first_on, -CAST($days_before AS INT))
    AND ledger.ordered_on >= X_ADD_DAYS(runs.first_on, -CAST($days_long_before AS INT))
  JOIN promotion_customers AS customers ON customers.customer_id = ledger.customer_id
  LEFT JOIN promotion_scopes AS scopes
    ON scopes.promo_id = runs.promo_id AND scopes.sku = ledger.sku AND scopes.half = customers.half
  WHERE ledger.entry = 'line' AND ledger.units > 0
  GROUP BY runs.promo_id, ledger.customer_id
),
held AS (
  SELECT labels.promo_id AS promo_id, events.customer_id AS customer_id
  FROM customer_events AS events
  JOIN labels ON labels.label = events.value
  WHERE events.kind = 'promotion_holdout' AND events.customer_id IS NOT NULL
  GROUP BY labels.promo_id, events.customer_id
),
sent AS (
  SELECT runs.promo_id AS promo_id, touches.customer_id AS customer_id
  FROM touches
  JOIN labels ON labels.label = touches.campaign
  JOIN promotion_runs AS runs ON runs.promo_id = labels.promo_id
  LEFT JOIN promotions ON promotions.promo_id = runs.promo_id
  WHERE touches.kind = 'send' AND touches.customer_id IS NOT NULL
    AND X_DAY(touches.touched_at) >= X_ADD_DAYS(LEAST(COALESCE(X_DAY(promotions.starts_at), runs.first_on), runs.first_on), -28)
    AND X_DAY(touches.touched_at) <= runs.last_on
  GROUP BY runs.promo_id, touches.customer_id
),
overlaps AS (
  SELECT mine.promo_id AS promo_id, others.customer_id AS customer_id
  FROM promotion_runs AS mine
  JOIN promotion_runs AS other ON other.promo_id <> mine.promo_id
    AND other.first_on <= mine.last_on AND other.last_on >= mine.first_on
  JOIN sent AS others ON others.promo_id = other.promo_id
  GROUP BY mine.promo_id, others.customer_id
),
-- Who was known when it began; the arms are counted among these alone.
everybody AS (
  SELECT runs.promo_id AS promo_id, firsts.customer_id AS customer_id,
         firsts.first_on >= X_ADD_DAYS(runs.first_on, -CAST($days_before AS INT)) AS is_recent,
         COALESCE(earlier.units, 0) AS units,
         COALESCE(earlier.days_with_it, 0) AS days_with_it,
         CASE WHEN held.customer_id IS NULL THEN 0 ELSE 1 END AS is_held,
         CASE WHEN sent.customer_id IS NULL THEN 0 ELSE 1 END AS is_sent,
         CASE WHEN overlaps.customer_id IS NULL THEN 0 ELSE 1 END AS also_another
  FROM promotion_runs AS runs
  JOIN promotion_customers AS firsts ON firsts.first_on < runs.first_on
  LEFT JOIN earlier ON earlier.promo_id = runs.promo_id AND earlier.customer_id = firsts.customer_id
  LEFT JOIN held ON held.promo_id = runs.promo_id AND held.customer_id = firsts.customer_id
  LEFT JOIN sent ON sent.promo_id = runs.promo_id AND sent.customer_id = firsts.customer_id
  LEFT JOIN overlaps ON overlaps.promo_id = runs.promo_id AND overlaps.customer_id = firsts.customer_id
),
sizes AS (
  SELECT promo_id, SUM(is_held) AS n_held, SUM(is_sent) AS n_sent, COUNT(*) AS n_all FROM everybody GROUP BY promo_id
),
designs AS (
  SELECT promo_id, n_sent,
         CASE WHEN n_held >= $fewest_held AND n_held < 0.9 * n_all THEN 'holdout'
              WHEN n_held = 0 AND n_sent >= $fewest_sent AND n_sent < 0.9 * n_all THEN 'targeted'
              ELSE 'none' END AS design
  FROM sizes
),
-- Where most customers buy it all the time, the half who buy it oftenest are told apart.
middles AS (
  SELECT promo_id, X_PERCENTILE(days_with_it, 0.5) AS days_with_it
  FROM everybody
  WHERE days_with_it >= 2
  GROUP BY promo_id
),
kinds AS (
  SELECT everybody.promo_id AS promo_id, everybody.customer_id AS customer_id, everybody.units AS units,
         CASE WHEN everybody.is_recent THEN 'new'
              WHEN everybody.days_with_it >= 2 AND everybody.days_with_it > middles.days_with_it THEN 'heavy'
              WHEN everybody.days_with_it >= 2 THEN 'regular'
              WHEN everybody.days_with_it = 1 THEN 'occasional'
              WHEN everybody.units > 0 THEN 'other'
              ELSE 'lapsed' END AS segment,
         CASE WHEN designs.design = 'targeted' THEN everybody.also_another ELSE 0 END AS also_another,
         designs.design AS design,
         CASE
           WHEN designs.design = 'holdout' AND everybody.is_held = 1 THEN 'held'
           WHEN designs.design = 'holdout' AND (designs.n_sent = 0 OR everybody.is_sent = 1) THEN 'acted'
           WHEN designs.design = 'targeted' AND everybody.is_sent = 1 THEN 'acted'
           WHEN designs.design = 'targeted' THEN 'held'
           ELSE 'none'
         END AS arm
  FROM everybody
  JOIN designs ON designs.promo_id = everybody.promo_id
  LEFT JOIN middles ON middles.promo_id = everybody.promo_id
)
SELECT promo_id, customer_id, segment, design, arm,
       2 * NTILE(5) OVER (PARTITION BY promo_id, segment ORDER BY units ASC, customer_id ASC) + also_another AS stratum
FROM kinds
