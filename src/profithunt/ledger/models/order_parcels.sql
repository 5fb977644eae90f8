/* ---
what = "Parcels of each order and what they cost; parcels that lines name apart are left to those lines."
grain = ["order_id"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
n_parcels = "int | parcels sent"
carriage = "money | cost of the parcels that all lines of the order share"
carrier = "text | carrier, null where the order had several"
shipped_on = "date | day of the first dispatch"
--- */
WITH sent AS (
  SELECT order_id,
         COUNT(*) AS n_parcels,
         SUM(carriage) AS carriage,
         CASE WHEN MIN(carrier) = MAX(carrier) THEN MIN(carrier) END AS carrier,
         MIN(shipped_on) AS shipped_on
  FROM parcels
  WHERE order_id IS NOT NULL
  GROUP BY order_id
),
named AS (
  SELECT order_id, SUM(carriage) AS carriage FROM parcel_lines GROUP BY order_id
)
SELECT sent.order_id AS order_id,
       sent.n_parcels AS n_parcels,
       sent.carriage - COALESCE(named.carriage, 0) AS carriage,
       sent.carrier AS carrier,
       sent.shipped_on AS shipped_on
FROM sent
LEFT JOIN named ON named.order_id = sent.order_id
