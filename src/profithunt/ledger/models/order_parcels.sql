/* ---
what = "Parcels of each order and what they cost."
grain = ["order_id"]
empty_with = ["parcels"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
n_parcels = "int | parcels sent"
carriage = "money | cost of all parcels"
carrier = "text | carrier, null where the order had several"
shipped_on = "date | day of the first dispatch"
--- */
SELECT order_id,
       COUNT(*) AS n_parcels,
       SUM(carriage) AS carriage,
       CASE WHEN MIN(carrier) = MAX(carrier) THEN MIN(carrier) END AS carrier,
       MIN(shipped_on) AS shipped_on
FROM parcels
WHERE order_id IS NOT NULL
GROUP BY order_id
