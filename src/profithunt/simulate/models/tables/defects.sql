/* ---
what = "defects"
grain = ["defect_id"]
[columns]
defect_id = "text | defect"
kind = "text | kind"
occurred_at = "timestamp | when"
order_id = "text | order"
shipment_id = "text | parcel"
customer_id = "text | customer"
cost = "money | cost"
recovered = "money | claim paid"
--- */
SELECT CONCAT('D', CAST(100000000000 + MOD((f.order_no * 2 + f.parcel_no) * 48271 + 29, 34359738337) AS TEXT)) AS defect_id,
       f.kind,
       X_ADD_SECONDS(CAST(f.happened_on AS TIMESTAMP), 70000) AS occurred_at,
       CONCAT('O', CAST(10000000000 + MOD(f.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       CONCAT('S', CAST(10000000000 + MOD((f.order_no * 2 + f.parcel_no) * 48271 + 17, 34359738337) AS TEXT)) AS shipment_id,
       CASE WHEN NOT b.guest THEN CONCAT('C', CAST(100000000 + MOD(b.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       f.cost,
       f.recovered
FROM failures AS f
INNER JOIN baskets AS b ON b.world = f.world AND b.order_no = f.order_no
