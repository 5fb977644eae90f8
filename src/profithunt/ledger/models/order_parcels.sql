/* ---
what = "Parcels of each order and what they cost; parcels that lines name apart are left to those lines."
grain = ["order_id"]
working = true
[columns]
order_id = "text | order"
n_parcels = "int | parcels sent"
carriage = "money | cost of the parcels that all lines of the order share"
carrier = "text | carrier, null where the order had several"
shipped_on = "date | day of the first dispatch"
--- */
SELECT parcels.order_id AS order_id,
       COUNT(*) AS n_parcels,
       SUM(CASE WHEN parcel_lines.shipment_id IS NULL THEN parcels.carriage END) AS carriage,
       CASE WHEN COUNT(DISTINCT parcels.carrier) = 1 THEN MIN(parcels.carrier) END AS carrier,
       MIN(parcels.shipped_on) AS shipped_on
FROM parcels
LEFT JOIN (SELECT shipment_id FROM parcel_lines GROUP BY shipment_id) AS parcel_lines
  ON parcel_lines.shipment_id = parcels.shipment_id
WHERE parcels.order_id IS NOT NULL
GROUP BY parcels.order_id
