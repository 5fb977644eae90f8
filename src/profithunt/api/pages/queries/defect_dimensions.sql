/* ---
what = "How many members each dimension of defects has."
--- */
SELECT COUNT(DISTINCT carrier) AS carrier, COUNT(DISTINCT lane) AS lane, COUNT(DISTINCT region) AS region,
       COUNT(DISTINCT service) AS service, COUNT(DISTINCT origin) AS origin, COUNT(DISTINCT supplier) AS supplier,
       COUNT(DISTINCT store) AS store
FROM defect_orders
