/* ---
what = "Lines that came back inside the world's time."
grain = ["world", "order_no", "line_no"]
[columns]
world = "text | world"
order_no = "int | order"
line_no = "int | line"
sku_no = "int | SKU"
quantity = "int | units"
returned_no = "int | day of it"
returned_at = "timestamp | when"
refund = "money | paid back"
reason_no = "int | reason"
carriage_cost = "money | carrying it back"
handling_cost = "money | handling it"
resaleable = "bool | can be sold again"
unit_cost = "rate | cost of a unit"
--- */
WITH back AS (
  SELECT i.world, i.order_no, i.line_no, i.sku_no, i.quantity, i.price, i.discount, i.damaged, i.cost, i.lag_days,
         b.ordered_at, b.day,
         COALESCE(p.arrived_no, b.day_no) AS arrived_no, b.day_no, b.channel,
         o.order_discount, o.value
  FROM items AS i
  INNER JOIN baskets AS b ON b.world = i.world AND b.order_no = i.order_no
  INNER JOIN bought AS o ON o.world = i.world AND o.order_no = i.order_no
  LEFT JOIN parcels AS p ON p.world = i.world AND p.order_no = i.order_no
    AND p.parcel_no = CASE WHEN p.n_parcels = 2 THEN MOD(i.line_no, 2) ELSE 0 END
  WHERE i.lost IS NULL AND i.back AND i.cancelled = 0 AND COALESCE(p.lost, FALSE) = FALSE
)
SELECT world, order_no, line_no, sku_no, quantity,
       arrived_no + CAST(FLOOR(lag_days) AS BIGINT) AS returned_no,
       X_ADD_SECONDS(CAST(X_ADD_DAYS(day, CAST(arrived_no - day_no + FLOOR(lag_days) AS INT)) AS TIMESTAMP), 28800 + X_DRAW(36000, 'return.second', order_no, line_no)) AS returned_at,
       ROUND((quantity * price - discount) * (1 - COALESCE(X_DIV(order_discount, value), 0)), 2) AS refund,
       CASE WHEN damaged THEN 5 ELSE X_DRAW(5, 'return.reason', order_no, line_no) END AS reason_no,
       CASE WHEN channel = 'store' THEN 0 ELSE 3.2 END AS carriage_cost,
       ROUND(1.1 + 0.25 * quantity, 2) AS handling_cost,
       NOT damaged AS resaleable,
       cost AS unit_cost
FROM back
WHERE arrived_no + FLOOR(lag_days) < $n_days
