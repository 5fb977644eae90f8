/* ---
what = "Stores, and the warehouses that parcels leave from."
grain = ["place_no"]
[columns]
place_no = "int | place"
store_id = "text | its code"
name = "text | name"
kind = "text | store or warehouse"
region_no = "int | region"
opened_on = "date | first day of trade"
--- */
SELECT n.n AS place_no,
       CONCAT('P', CAST(100 + MOD(n.n * 37 + 11, 97) AS TEXT)) AS store_id,
       CONCAT(r.region, CASE WHEN n.n < 2 THEN ' warehouse ' ELSE ' store ' END, CAST(n.n AS TEXT)) AS name,
       CASE WHEN n.n < 2 THEN 'warehouse' ELSE 'store' END AS kind,
       r.region_no,
       X_ADD_DAYS($starts_on, -400 - X_DRAW(3000, 'place.opened', n.n)) AS opened_on
FROM numbers AS n
INNER JOIN regions AS r ON r.region_no = MOD(n.n, 8)
WHERE n.n < $n_stores + 2
