/* ---
what = "What went wrong with parcels besides lateness, and what it cost."
grain = ["world", "order_no", "parcel_no"]
[columns]
world = "text | world"
order_no = "int | order"
parcel_no = "int | parcel"
kind = "text | lost, damaged, missing_item, wrong_item"
happened_on = "date | day"
cost = "money | goodwill, reship or refund"
recovered = "money | claim paid by the carrier"
--- */
WITH found AS (
  SELECT p.world, p.order_no, p.parcel_no, COALESCE(p.delivered_on, p.due_on) AS happened_on,
         CASE WHEN p.lost THEN 'lost' WHEN p.damaged THEN 'damaged'
              WHEN X_UNIFORM('defect.item', p.order_no, p.parcel_no) < 0.004 THEN 'missing_item'
              WHEN X_UNIFORM('defect.item', p.order_no, p.parcel_no) < 0.007 THEN 'wrong_item' END AS kind
  FROM parcels AS p
  WHERE p.arrived_no < $n_days
)
SELECT f.world, f.order_no, f.parcel_no, f.kind, f.happened_on,
       CASE WHEN f.kind IN ('lost', 'damaged') THEN ROUND(0.45 * CAST(o.value AS DOUBLE), 2) ELSE 4.5 END AS cost,
       CASE WHEN f.kind IN ('lost', 'damaged') THEN 5 ELSE 0 END AS recovered
FROM found AS f
INNER JOIN bought AS o ON o.world = f.world AND o.order_no = f.order_no
WHERE f.kind IS NOT NULL
