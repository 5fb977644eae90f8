/* ---
what = "What was put into the baskets, line by line: price, cost, discount, what was cancelled, what comes back; and what a problem kept from being sold."
grain = ["world", "order_no", "line_no"]
[columns]
world = "text | world"
order_no = "int | order"
line_no = "int | line"
sku_no = "int | SKU"
day_no = "int | day"
quantity = "int | units"
price = "rate | price of a unit"
list_price = "rate | list price"
cost = "rate | cost of a unit"
discount = "rate | discount on the line"
promo_no = "int | promotion"
funded_share = "rate | share of the discount that suppliers pay"
cancelled = "int | units cancelled"
weight_kg = "rate | weight of the line"
lost = "text | what kept it from being sold; null for lines sold"
back = "bool | will be sent back"
lag_days = "rate | days after delivery"
damaged = "bool | arrives in a state that can't be sold again"
--- */
WITH lined AS (
  SELECT b.world, b.order_no, b.day_no, b.month_no, b.customer_no, b.place_no, b.visit_channel_no IS NOT NULL AS online, b.taste, b.return_habit, b.lost AS order_lost, n.n AS line_no,
         CASE
           WHEN n.n > 1 AND X_UNIFORM('line.paired', b.order_no, n.n) < $paired_share THEN 1
           ELSE 0
         END AS paired,
         n.n AS own
  FROM baskets AS b
  INNER JOIN numbers AS n
    ON n.n >= 1 AND n.n <= LEAST(1 + FLOOR(-LN(X_UNIFORM('basket.lines', b.order_no)) * $mean_extra_lines * b.size_factor), $most_lines)
  WHERE n.n <= 12
),
spun AS (
  SELECT world, order_no, day_no, month_no, customer_no, place_no, online, return_habit, order_lost, line_no, paired,
         CASE WHEN X_UNIFORM('line.tasteful', order_no, CASE WHEN paired = 1 THEN 1 ELSE own END) < $taste_share
           THEN FLOOR($n_slots * MOD(taste + 0.05 * X_UNIFORM('line.taste', order_no, CASE WHEN paired = 1 THEN 1 ELSE own END), 1.0))
           ELSE X_DRAW($n_slots, 'line.slot', order_no, CASE WHEN paired = 1 THEN 1 ELSE own END) END AS slot
  FROM lined
),
found AS (
  SELECT s.world, s.order_no, s.day_no, s.customer_no, s.place_no, s.online, s.return_habit, s.order_lost, s.line_no,
         CASE WHEN s.paired = 1 THEN k.partner_no ELSE w.sku_no END AS sku_no, k.partner_no
  FROM spun AS s
  INNER JOIN sku_wheel AS w ON w.month_no = s.month_no AND w.slot = s.slot
  INNER JOIN skus AS k ON k.sku_no = w.sku_no
),
-- Products that go together: who has the one first often takes the other along. A tenth more of it is what showing them together would bring.
picked AS (
  SELECT world, order_no, day_no, customer_no, place_no, online, return_habit, order_lost, line_no, sku_no FROM found
  UNION ALL
  SELECT f.world, f.order_no, f.day_no, f.customer_no, f.place_no, f.online, f.return_habit, f.order_lost, 13, f.partner_no
  FROM found AS f
  INNER JOIN levers AS g ON g.family = 'pair' AND g.member_no = f.sku_no AND f.day_no >= g.starts_no
  WHERE f.line_no = 1 AND X_UNIFORM('line.together', f.order_no) < g.strength * CASE WHEN g.problem = f.world THEN 1.1 ELSE 1 END
),
known AS (
  SELECT p.world, p.order_no, p.line_no, p.day_no, p.customer_no, p.place_no, p.online, p.order_lost,
         p.sku_no, k.category_no,
         k.price, k.cost, k.units_more, k.weight_kg, k.lag_days,
         k.marked_no <= p.day_no AND k.marked_upto >= p.day_no AS marked,
         k.marked_by,
         l.problem <> p.world AS harmed,
         l.problem = p.world AND l.absent AS absent,
         l.lever, l.strength,
         k.returned * p.return_habit
           * CASE WHEN rl.problem <> p.world THEN 1 + rl.strength * X_DIV(p.day_no - rl.starts_no, rl.ends_no - rl.starts_no) ELSE 1 END AS returned,
         cl.lever AS customer_lever, cl.strength AS customer_strength, cl.problem <> p.world AS customer_harmed
  FROM picked AS p
  INNER JOIN skus AS k ON k.sku_no = p.sku_no
  LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = p.sku_no AND p.day_no >= l.starts_no AND p.day_no <= l.ends_no
  LEFT JOIN levers AS cl ON cl.family = 'customer' AND cl.member_no = p.customer_no AND p.day_no >= cl.starts_no AND p.day_no <= cl.ends_no
  LEFT JOIN levers AS rl ON rl.family = 'category' AND rl.member_no = k.category_no AND p.day_no >= rl.starts_no AND p.day_no <= rl.ends_no
  WHERE k.launched_no <= p.day_no
),
priced AS (
  SELECT k.world, k.order_no, k.line_no, k.day_no, k.sku_no, k.customer_lever, k.customer_strength, k.customer_harmed,
         k.lever, k.strength, k.harmed, k.lag_days, k.weight_kg, k.units_more,
         k.price AS list_price,
         ROUND(CASE WHEN k.harmed AND k.lever = 'marked_down' THEN k.price * (1 - k.strength)
                    WHEN k.harmed AND k.lever = 'underpriced' THEN k.price * (1 - k.strength)
                    WHEN k.harmed AND k.lever = 'overpriced' THEN k.price * (1 + k.strength)
                    WHEN NOT k.harmed AND k.lever = 'undercut' THEN k.price * (1 - 0.2 * k.strength)
                    WHEN k.marked THEN k.price * (1 - k.marked_by)
                    ELSE k.price END, 2) AS price,
         ROUND(CASE WHEN k.harmed AND k.lever = 'dear' THEN k.price * k.strength ELSE k.cost END, 2) AS cost,
         1 + CASE WHEN X_UNIFORM('line.units', k.order_no, k.line_no) < k.units_more THEN 1 ELSE 0 END
           + CASE WHEN X_UNIFORM('line.units', k.order_no, k.line_no) < 0.25 * k.units_more THEN 1 ELSE 0 END
           + CASE WHEN o.promo_no IS NOT NULL AND (po.problem IS NULL OR po.lever = 'runs' AND po.problem <> k.world)
                       AND X_UNIFORM('line.tempted', k.order_no, k.line_no) < $tempted_share * o.share THEN 1 ELSE 0 END AS quantity,
         o.promo_no, o.share, o.funded_share,
         po.problem <> k.world AS promo_harmed,
         CASE WHEN k.harmed AND k.lever = 'comes_back' THEN LEAST(k.returned * k.strength, 0.85)
              WHEN k.customer_harmed AND k.customer_lever = 'sends_back' THEN GREATEST(k.customer_strength, k.returned)
              ELSE LEAST(k.returned, 0.85) END AS returned,
         CASE
           WHEN k.order_lost IS NOT NULL THEN k.order_lost
           -- Who orders far more than they mean to keep would otherwise not order it.
           WHEN k.customer_lever = 'sends_back' AND NOT k.customer_harmed AND X_UNIFORM('line.returned', k.order_no, k.line_no) >= k.returned
                AND X_UNIFORM('line.returned', k.order_no, k.line_no) < k.customer_strength THEN 'never_meant'
           WHEN k.absent THEN 'delisted'
           WHEN k.harmed AND k.lever IN ('dull_page', 'hidden', 'out_of_stock', 'broken_size', 'overpriced', 'undercut', 'invisible')
                AND (k.online OR k.lever <> 'hidden')
                AND X_UNIFORM('lost.line', k.order_no, k.line_no)
                    < CASE k.lever WHEN 'overpriced' THEN LEAST(1.8 * k.strength, 0.9) WHEN 'out_of_stock' THEN 1 WHEN 'broken_size' THEN 1
                                   WHEN 'invisible' THEN 1 ELSE k.strength END
             THEN k.lever
           WHEN k.harmed AND k.lever = 'store_short' AND k.place_no IS NOT NULL AND X_DRAW(2, 'store.short', k.sku_no, k.place_no) = 0 THEN k.lever
           WHEN dp.problem <> k.world AND k.online AND dp.sku_no <> k.sku_no AND X_UNIFORM('lost.displaced', k.order_no, k.line_no) < dp.strength THEN 'displaced'
         END AS lost
  FROM known AS k
  LEFT JOIN offers AS o
    ON o.category_no = k.category_no AND o.starts_no <= k.day_no AND o.ends_no >= k.day_no
    AND X_UNIFORM('line.offer', k.order_no, k.line_no) < o.taken
    AND NOT COALESCE(k.harmed AND k.lever = 'marked_down', FALSE)
    AND X_DRAW(10, 'holdout', k.customer_no, o.promo_no) <> 0
  LEFT JOIN levers AS po ON po.family = 'promotion' AND po.member_no = o.promo_no
  LEFT JOIN displacing AS dp ON dp.category_no = k.category_no AND dp.starts_no <= k.day_no AND dp.ends_no >= k.day_no
)
SELECT p.world, p.order_no, p.line_no, p.sku_no, p.day_no,
       p.quantity, p.price, p.list_price, p.cost,
       CASE WHEN p.promo_no IS NULL OR COALESCE(NOT p.promo_harmed, FALSE) THEN 0
            ELSE ROUND(p.quantity * p.price * p.share, 2) END AS discount,
       CASE WHEN NOT p.promo_harmed THEN NULL ELSE p.promo_no END AS promo_no,
       CASE WHEN p.promo_no IS NULL THEN 0 ELSE p.funded_share END AS funded_share,
       CASE WHEN X_UNIFORM('line.cancelled', p.order_no, p.line_no)
                 < CASE WHEN p.harmed AND p.lever = 'cancelled' THEN p.strength ELSE 0.006 END
            THEN p.quantity ELSE 0 END AS cancelled,
       p.weight_kg * p.quantity AS weight_kg,
       p.lost,
       X_UNIFORM('line.returned', p.order_no, p.line_no) < p.returned AS back,
       2 + p.lag_days * 0.5 * (-LN(X_UNIFORM('line.lag', p.order_no, p.line_no)) - LN(X_UNIFORM('line.lag.more', p.order_no, p.line_no))) AS lag_days,
       X_UNIFORM('line.spoilt', p.order_no, p.line_no) < 0.07 AS damaged
FROM priced AS p
