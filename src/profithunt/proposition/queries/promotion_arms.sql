/* ---
what = "Customers before, during and after a promotion as moments by arm: what a comparison of those it was offered to with the others needs."
grain = ["promo_id", "metric", "segment", "stratum", "arm"]
[columns]
promo_id = "text | promotion"
design = "text | holdout, targeted or none"
metric = "text | scope, siblings, rest (value at list price) or profit (CM2)"
segment = "text | kind of customer"
stratum = "int | stratum"
arm = "text | acted, held or none"
n = "int | customers"
y = "rate | sum of the outcome during it"
z = "rate | sum of the outcome in the weeks after"
b = "rate | sum of the weeks before"
a = "rate | sum of the weeks before these"
yy = "rate | sums of products"
zz = "rate | sums of products"
yz = "rate | sums of products"
bb = "rate | sums of products"
aa = "rate | sums of products"
ab = "rate | sums of products"
yb = "rate | sums of products"
ya = "rate | sums of products"
zb = "rate | sums of products"
za = "rate | sums of products"
--- */
WITH homes AS (
  SELECT promo_id, category FROM promotion_scopes WHERE category IS NOT NULL GROUP BY promo_id, category
),
lines AS (
  SELECT runs.promo_id AS promo_id, ledger.customer_id AS customer_id,
         CASE WHEN scopes.sku IS NOT NULL THEN 'scope' WHEN homes.category IS NOT NULL THEN 'siblings' ELSE 'rest' END AS metric,
         CASE WHEN ledger.ordered_on > runs.last_on THEN 'z'
              WHEN ledger.ordered_on >= runs.first_on THEN 'y'
              WHEN ledger.ordered_on >= X_ADD_DAYS(runs.first_on, -CAST($days_before AS INT)) THEN 'b'
              ELSE 'a' END AS part,
         CAST(ledger.list_sales AS DOUBLE) AS worth,
         COALESCE(CAST(ledger.cm2 AS DOUBLE), 0) AS cm2
  FROM promotion_runs AS runs
  JOIN ledger
    ON ledger.ordered_on >= X_ADD_DAYS(runs.first_on, -2 * CAST($days_before AS INT))
    AND ledger.ordered_on <= X_ADD_DAYS(runs.last_on, CAST($days_after AS INT))
  LEFT JOIN products ON products.sku = ledger.sku
  JOIN promotion_customers AS customers ON customers.customer_id = ledger.customer_id
  LEFT JOIN promotion_scopes AS scopes
    ON scopes.promo_id = runs.promo_id AND scopes.sku = ledger.sku AND scopes.half = customers.half
  LEFT JOIN homes ON homes.promo_id = runs.promo_id AND homes.category = products.category
  WHERE ledger.entry = 'line' AND ledger.units > 0
),
sums AS (
  SELECT promo_id, customer_id, metric,
         SUM(CASE WHEN part = 'y' THEN worth ELSE 0 END) AS y,
         SUM(CASE WHEN part = 'z' THEN worth ELSE 0 END) AS z,
         SUM(CASE WHEN part = 'b' THEN worth ELSE 0 END) AS b,
         SUM(CASE WHEN part = 'a' THEN worth ELSE 0 END) AS a,
         SUM(CASE WHEN part = 'y' THEN cm2 ELSE 0 END) AS py,
         SUM(CASE WHEN part = 'z' THEN cm2 ELSE 0 END) AS pz,
         SUM(CASE WHEN part = 'b' THEN cm2 ELSE 0 END) AS pb,
         SUM(CASE WHEN part = 'a' THEN cm2 ELSE 0 END) AS pa
  FROM lines
  GROUP BY promo_id, customer_id, metric
),
each AS (
  SELECT promo_id, customer_id, metric, y, z, b, a FROM sums
  UNION ALL
  SELECT promo_id, customer_id, 'profit', SUM(py), SUM(pz), SUM(pb), SUM(pa) FROM sums GROUP BY promo_id, customer_id
),
sized AS (
  SELECT promo_id, design, segment, stratum, arm, COUNT(*) AS n
  FROM promotion_members
  GROUP BY promo_id, design, segment, stratum, arm
),
moments AS (
  SELECT members.promo_id AS promo_id, each.metric AS metric, members.segment AS segment, members.stratum AS stratum,
         members.arm AS arm,
         SUM(y) AS y, SUM(z) AS z, SUM(b) AS b, SUM(a) AS a, SUM(y * y) AS yy, SUM(z * z) AS zz, SUM(y * z) AS yz,
         SUM(b * b) AS bb, SUM(a * a) AS aa, SUM(a * b) AS ab, SUM(y * b) AS yb, SUM(y * a) AS ya, SUM(z * b) AS zb,
         SUM(z * a) AS za
  FROM promotion_members AS members
  JOIN each ON each.promo_id = members.promo_id AND each.customer_id = members.customer_id
  GROUP BY members.promo_id, each.metric, members.segment, members.stratum, members.arm
)
SELECT sized.promo_id, sized.design, metrics.metric, sized.segment, sized.stratum, sized.arm, sized.n,
       COALESCE(y, 0) AS y, COALESCE(z, 0) AS z, COALESCE(b, 0) AS b, COALESCE(a, 0) AS a,
       COALESCE(yy, 0) AS yy, COALESCE(zz, 0) AS zz, COALESCE(yz, 0) AS yz, COALESCE(bb, 0) AS bb, COALESCE(aa, 0) AS aa,
       COALESCE(ab, 0) AS ab, COALESCE(yb, 0) AS yb, COALESCE(ya, 0) AS ya, COALESCE(zb, 0) AS zb, COALESCE(za, 0) AS za
-- Customers who bought nothing have no sums: they count as zero.
FROM sized
CROSS JOIN (
  SELECT 'scope' AS metric UNION ALL SELECT 'siblings' UNION ALL SELECT 'rest' UNION ALL SELECT 'profit'
) AS metrics
LEFT JOIN moments ON moments.promo_id = sized.promo_id AND moments.segment = sized.segment
  AND moments.stratum = sized.stratum AND moments.arm = sized.arm AND moments.metric = metrics.metric
