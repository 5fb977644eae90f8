/* ---
what = "Lines of orders with several parcels that name their parcel, with their share of its cost."
grain = ["order_id", "line_no"]
empty_with = ["parcels"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
line_no = "int | line"
shipment_id = "text | parcel that carried the line"
carrier = "text | carrier of the parcel"
carriage = "money | share of the parcel's cost by weight, else by units"
[dirty]
sku_costs = """
SELECT order_lines.order_id
FROM order_lines
JOIN (
  SELECT sku
  FROM changed
  GROUP BY sku
  HAVING COUNT(*) <> 2 OR COUNT(weight_kg) = 1 OR MIN(weight_kg) <> MAX(weight_kg)
) AS moved ON moved.sku = order_lines.sku
"""
--- */
WITH named AS (
  SELECT order_lines.order_id AS order_id,
         order_lines.line_no AS line_no,
         order_lines.shipment_id AS shipment_id,
         parcels.carrier AS carrier,
         parcels.carriage AS carriage,
         CAST(ROUND(CAST(order_lines.quantity AS DOUBLE) * 10000) AS BIGINT) AS units,
         CAST(ROUND(CAST(order_lines.quantity AS DOUBLE) * sku_costs.weight_kg * 1000) AS BIGINT) AS grams
  FROM order_lines
  JOIN order_parcels ON order_parcels.order_id = order_lines.order_id AND order_parcels.n_parcels > 1
  JOIN parcels ON parcels.shipment_id = order_lines.shipment_id AND parcels.order_id = order_lines.order_id
  JOIN sku_costs ON sku_costs.sku = order_lines.sku
),
counted AS (
  SELECT order_id, line_no, shipment_id, carrier, carriage, units, grams,
         ROW_NUMBER() OVER parcel AS place,
         COUNT(*) OVER (PARTITION BY shipment_id) AS n,
         COUNT(grams) OVER (PARTITION BY shipment_id) AS n_weighed,
         SUM(grams) OVER (PARTITION BY shipment_id) AS all_grams,
         SUM(units) OVER (PARTITION BY shipment_id) AS all_units
  FROM named
  WINDOW parcel AS (PARTITION BY shipment_id ORDER BY line_no)
),
weighed AS (
  SELECT order_id, line_no, shipment_id, carrier, carriage,
         CASE WHEN n = n_weighed AND all_grams > 0 THEN grams WHEN all_units > 0 THEN units ELSE 1 END AS weight
  FROM counted
),
summed AS (
  SELECT order_id, line_no, shipment_id, carrier, carriage, weight,
         SUM(weight) OVER (
           PARTITION BY shipment_id ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS upto,
         SUM(weight) OVER (PARTITION BY shipment_id) AS total
  FROM weighed
)
SELECT order_id, line_no, shipment_id, carrier, X_ALLOCATE(carriage, X_DIV(upto - weight, total), X_DIV(upto, total)) AS carriage
FROM summed
