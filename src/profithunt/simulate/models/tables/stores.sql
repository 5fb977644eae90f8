/* ---
what = "stores"
grain = ["store_id"]
[columns]
store_id = "text | place"
name = "text | name"
kind = "text | kind"
country = "text | country"
region = "text | region"
postcode = "text | postcode"
opened_on = "date | opened"
--- */
SELECT p.store_id, p.name, p.kind, r.country, r.region, CAST(10000 + p.region_no * 7000 AS TEXT) AS postcode, p.opened_on
FROM places AS p
INNER JOIN regions AS r ON r.region_no = p.region_no
