/* ---
what = "One row per recorded defect."
grain = "defect"
needs = ["defects.occurred_at"]
empty_days = "zero"
dimensions = ["kind"]
live = ["sku", "carrier"]
[columns]
order_id = "order, as an example to look at"
kind = "late, lost, damaged, missing_item, wrong_item, wrong_address …"
cost = "goodwill, reship or refund that it cost | defects.cost"
recovered = "claim paid by the carrier or supplier | defects.recovered"
--- */
SELECT X_DAY(defects.occurred_at) AS day,
       defects.order_id AS order_id,
       defects.kind AS kind,
       defects.sku AS sku,
       shipments.carrier AS carrier,
       defects.cost AS cost,
       defects.recovered AS recovered
FROM defects
LEFT JOIN shipments ON shipments.shipment_id = defects.shipment_id
WHERE defects.occurred_at IS NOT NULL
