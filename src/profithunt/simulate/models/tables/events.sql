/* ---
what = "events"
grain = ["session_id", "occurred_at", "kind", "sku", "step"]
order_by = ["session_id", "occurred_at", "kind", "sku", "step", "page", "search_term", "results", "quantity"]
[columns]
session_id = "text | visit"
occurred_at = "timestamp | when"
kind = "text | kind"
page = "text | page"
sku = "text | SKU"
search_term = "text | as typed"
results = "int | results shown"
quantity = "quantity | units"
step = "text | step of the checkout"
--- */
WITH recent AS (
  SELECT world, visit_no, order_no, ordered, prevented, day_no, month_no, started_at, page_no, search_no, bounced, views, taste, keyword_no, device
  FROM visits
  WHERE day_no >= $n_days - $event_days
),
looked AS (
  SELECT v.world, v.visit_no, v.day_no, v.month_no, v.started_at, v.taste, n.n,
         CASE WHEN X_UNIFORM('look.tasteful', v.visit_no, n.n) < $taste_share
           THEN FLOOR($n_slots * MOD(v.taste + 0.05 * X_UNIFORM('look.taste', v.visit_no, n.n), 1.0))
           ELSE X_DRAW($n_slots, 'look.slot', v.visit_no, n.n) END AS slot
  FROM recent AS v
  INNER JOIN numbers AS n ON n.n < v.views
  WHERE n.n < 12 AND NOT v.bounced
),
seen AS (
  SELECT l.world, l.visit_no, l.started_at, l.n, l.day_no,
         CASE WHEN dp.problem <> l.world AND X_UNIFORM('look.pushed', l.visit_no, l.n) < dp.strength THEN dp.sku_no ELSE w.sku_no END AS sku_no
  FROM looked AS l
  INNER JOIN sku_wheel AS w ON w.month_no = l.month_no AND w.slot = l.slot
  INNER JOIN skus AS k ON k.sku_no = w.sku_no
  LEFT JOIN displacing AS dp ON dp.category_no = k.category_no AND dp.starts_no <= l.day_no AND dp.ends_no >= l.day_no
),
shown AS (
  SELECT s.world, s.visit_no, s.started_at, s.n, s.sku_no
  FROM seen AS s
  LEFT JOIN levers AS h ON h.family = 'sku' AND h.lever IN ('hidden', 'invisible') AND h.member_no = s.sku_no
    AND s.day_no >= h.starts_no AND s.day_no <= h.ends_no AND h.problem <> s.world
  WHERE h.problem IS NULL OR X_UNIFORM('look.hidden', s.visit_no, s.n) >= CASE h.lever WHEN 'invisible' THEN 1 ELSE h.strength END
),
-- What a page features: one of six products, shown to each visitor who lands there; a stale page features what is gone.
gone AS (
  SELECT p.problem, p.member_no AS page_no, s.member_no AS sku_no,
         ROW_NUMBER() OVER (PARTITION BY p.problem ORDER BY X_UNIFORM('page.gone', p.member_no, s.member_no), s.member_no) - 1 AS place,
         GREATEST(p.starts_no, s.starts_no) AS starts_no, p.ends_no, p.strength
  FROM levers AS p
  INNER JOIN levers AS s ON s.family = 'sku' AND s.lever = 'broken_size'
  WHERE p.family = 'page' AND p.lever = 'stale'
),
featured AS (
  SELECT r.visit_no, r.started_at, r.page_no, COALESCE(g.sku_no, k.sku_no) AS sku_no
  FROM recent AS r
  LEFT JOIN gone AS g ON g.page_no = r.page_no AND g.problem <> r.world AND r.day_no >= g.starts_no AND r.day_no <= g.ends_no
    AND g.place = X_DRAW(3, 'page.gone.place', r.visit_no) AND X_UNIFORM('page.gone.shown', r.visit_no) < g.strength
  LEFT JOIN skus AS k ON k.sku_no = X_DRAW($n_skus, 'page.featured', r.page_no, X_DRAW(6, 'page.featured.place', r.visit_no)) AND k.launched_no <= r.day_no
),
dead AS (
  SELECT r.visit_no, r.started_at, d.sku_no
  FROM recent AS r
  INNER JOIN dead_ends AS d ON d.keyword_no = r.keyword_no AND d.problem <> r.world AND r.day_no >= d.starts_no AND r.day_no <= d.ends_no
  WHERE r.prevented = 'dead_clicks' OR r.order_no IS NULL AND X_UNIFORM('visit.dead', r.visit_no) < d.strength
),
baskets_seen AS (
  SELECT v.visit_no, v.started_at, v.ordered, v.prevented, v.day_no, i.line_no, i.sku_no, i.quantity, i.lost
  FROM recent AS v
  INNER JOIN items AS i ON i.world = v.world AND i.order_no = v.order_no
  LEFT JOIN levers AS h ON h.family = 'sku' AND h.lever = 'invisible' AND h.member_no = i.sku_no AND h.problem <> v.world
    AND v.day_no >= h.starts_no AND v.day_no <= h.ends_no
  WHERE h.problem IS NULL AND NOT v.bounced AND (i.lost IS NULL OR i.lost NOT IN ('hidden', 'invisible', 'displaced'))
),
all_events AS (
  SELECT visit_no, started_at, 0 AS after, 'list_view' AS kind, page_no, sku_no, CAST(NULL AS BIGINT) AS search_no, CAST(NULL AS BIGINT) AS quantity, CAST(NULL AS TEXT) AS step
  FROM featured
  UNION ALL
  SELECT visit_no, started_at, 12 + 17 * n, 'view', NULL, sku_no, NULL, NULL, NULL FROM shown
  UNION ALL
  SELECT visit_no, started_at, 3, 'view', NULL, sku_no, NULL, NULL, NULL FROM dead
  UNION ALL
  SELECT visit_no, started_at, 5, 'search', NULL, NULL, search_no, NULL, NULL FROM recent WHERE search_no IS NOT NULL AND NOT bounced
  UNION ALL
  SELECT visit_no, started_at, 20 + 14 * line_no, 'view', NULL, sku_no, NULL, NULL, NULL FROM baskets_seen
  UNION ALL
  SELECT visit_no, started_at, 26 + 14 * line_no, 'basket_add', NULL, sku_no, NULL, quantity, NULL FROM baskets_seen
  WHERE lost IS NULL OR lost NOT IN ('out_of_stock', 'broken_size', 'dull_page', 'overpriced', 'undercut', 'no_results', 'leaky', 'stale', 'dead_clicks', 'wasted', 'slow_promise')
  UNION ALL
  SELECT visit_no, started_at, 232, 'purchase', NULL, sku_no, NULL, quantity, NULL FROM baskets_seen WHERE ordered AND lost IS NULL
  UNION ALL
  SELECT r.visit_no, r.started_at, 205 + 7 * n.n, 'checkout_step', NULL, NULL, NULL, NULL,
         CASE n.n WHEN 0 THEN 'address' WHEN 1 THEN 'delivery' ELSE 'payment' END
  FROM recent AS r
  INNER JOIN numbers AS n ON n.n < CASE WHEN r.ordered THEN 3 WHEN r.prevented IN ('delivery_step', 'slow_promise') THEN 2
                                        WHEN r.order_no IS NULL AND X_UNIFORM('visit.gives.up', r.visit_no) < 0.03 THEN 3
                                        WHEN r.order_no IS NULL AND X_UNIFORM('visit.gives.up', r.visit_no) < 0.06 THEN 2
                                        WHEN r.order_no IS NULL AND X_UNIFORM('visit.gives.up', r.visit_no) < 0.10 THEN 1 ELSE 0 END
  WHERE n.n < 3 AND NOT r.bounced
)
SELECT CONCAT('V', CAST(10000000000 + MOD(e.visit_no * 48271 + 13, 68719476731) AS TEXT)) AS session_id,
       X_ADD_SECONDS(e.started_at, e.after) AS occurred_at,
       e.kind,
       CASE WHEN e.kind = 'view' THEN CONCAT('/p/', k.sku) WHEN e.kind = 'list_view' THEN g.page END AS page,
       k.sku,
       s.search_term,
       CASE WHEN s.search_no IS NOT NULL THEN CASE WHEN l.problem IS NOT NULL THEN 0 ELSE s.results END END AS results,
       e.quantity,
       e.step
FROM all_events AS e
LEFT JOIN skus AS k ON k.sku_no = e.sku_no
LEFT JOIN pages AS g ON g.page_no = e.page_no
LEFT JOIN searches AS s ON s.search_no = e.search_no
LEFT JOIN levers AS l ON l.family = 'search' AND l.member_no = e.search_no
  AND X_DAYS_BETWEEN($starts_on, CAST(e.started_at AS DATE)) >= l.starts_no AND X_DAYS_BETWEEN($starts_on, CAST(e.started_at AS DATE)) <= l.ends_no
