/* ---
what = "What each order earned, by the rules of the ledger, without returns that are only expected: contribution profit before the cost of clicks."
grain = ["world", "order_no"]
[columns]
world = "text | world"
order_no = "int | order"
net_sales = "money | net sales"
profit = "money | contribution profit before the cost of clicks"
--- */
WITH lines AS (
  SELECT i.world, i.order_no,
         SUM(CASE WHEN i.cancelled < i.quantity THEN X_MONEY(i.quantity * i.price - i.discount) ELSE 0 END) AS kept_value,
         SUM(CASE WHEN i.cancelled < i.quantity THEN X_MONEY(ROUND(i.discount * i.funded_share, 2)) ELSE 0 END) AS funded,
         SUM(CASE WHEN i.cancelled < i.quantity THEN X_MONEY(i.quantity * i.cost) ELSE 0 END) AS cost,
         SUM(CASE WHEN i.cancelled < i.quantity THEN X_MONEY(CASE WHEN b.channel = 'store' THEN 0.20 ELSE 0.45 END + 0.08 * i.quantity) ELSE 0 END) AS picking
  FROM items AS i
  INNER JOIN baskets AS b ON b.world = i.world AND b.order_no = i.order_no
  WHERE i.lost IS NULL
  GROUP BY i.world, i.order_no
),
sent AS (
  SELECT world, order_no, SUM(X_MONEY(billed_cost)) AS carriage, COUNT(*) AS n_parcels
  FROM parcels
  WHERE X_ADD_DAYS($starts_on, $n_days) > dispatched_on
  GROUP BY world, order_no
),
broken AS (
  SELECT world, order_no, SUM(cost - recovered) AS cost FROM failures GROUP BY world, order_no
),
back AS (
  SELECT world, order_no, SUM(refund) AS refund, SUM(carriage_cost + handling_cost) AS cost,
         SUM(CASE WHEN resaleable THEN X_MONEY(quantity * unit_cost) ELSE 0 END) AS recovered
  FROM sent_back
  GROUP BY world, order_no
),
service AS (
  SELECT world, order_no, SUM(cost + concession) AS cost FROM asked GROUP BY world, order_no
),
sold AS (
  SELECT o.world, o.order_no, b.member AND NOT b.guest AS earns, b.channel, b.visit_channel_no, o.value, o.order_discount,
         l.kept_value - X_MONEY(CAST(o.order_discount AS DOUBLE) * COALESCE(X_DIV(l.kept_value, o.value), 0)) AS sales,
         l.funded, l.cost, l.picking, o.payment_fee,
         CASE WHEN o.cancelled_all THEN 0 ELSE o.shipping_charged END AS shipping,
         X_MONEY(CASE WHEN b.channel = 'store' THEN 0.05 ELSE 0.80 END * COALESCE(s.n_parcels, CASE WHEN o.cancelled_all THEN 0 ELSE 1 END)) AS packing,
         COALESCE(s.carriage, 0) AS carriage,
         COALESCE(f.cost, 0) AS failures,
         COALESCE(r.refund, 0) AS refund, COALESCE(r.cost, 0) AS return_cost, COALESCE(r.recovered, 0) AS recovered,
         COALESCE(a.cost, 0) AS service,
         pl.problem <> o.world AND b.visit_channel_no <> 4 AND X_UNIFORM('poached', o.order_no) < pl.strength AS poached
  FROM bought AS o
  INNER JOIN baskets AS b ON b.world = o.world AND b.order_no = o.order_no
  INNER JOIN lines AS l ON l.world = o.world AND l.order_no = o.order_no
  LEFT JOIN sent AS s ON s.world = o.world AND s.order_no = o.order_no
  LEFT JOIN broken AS f ON f.world = o.world AND f.order_no = o.order_no
  LEFT JOIN back AS r ON r.world = o.world AND r.order_no = o.order_no
  LEFT JOIN service AS a ON a.world = o.world AND a.order_no = o.order_no
  LEFT JOIN levers AS pl ON pl.family = 'partner' AND b.day_no >= pl.starts_no AND b.day_no <= pl.ends_no
)
SELECT world, order_no,
       sales + funded + shipping - refund AS net_sales,
       sales + funded + shipping - refund - cost + recovered - picking - packing - carriage - payment_fee
         - CASE WHEN channel = 'marketplace' THEN X_MONEY(CAST(sales AS DOUBLE) * 0.11) ELSE 0 END
         - return_cost - service - failures
         - CASE WHEN earns THEN X_MONEY(0.016 * FLOOR((CAST(value AS DOUBLE) - order_discount) / 2)) ELSE 0 END
         - CASE WHEN visit_channel_no = 4 THEN X_MONEY(ROUND(0.06 * CAST(value AS DOUBLE), 2)) ELSE 0 END
         - CASE WHEN poached THEN X_MONEY(ROUND(0.06 * CAST(value AS DOUBLE), 2)) ELSE 0 END AS profit
FROM sold
