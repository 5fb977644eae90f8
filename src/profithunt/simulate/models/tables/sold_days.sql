/* ---
what = "Units of this part of the world by SKU and day, to keep stock by."
grain = ["sku_no", "day_no"]
[columns]
sku_no = "int | SKU"
day_no = "int | day"
units = "int | units sold"
n_lines = "int | lines"
n_back = "int | lines that will come back"
--- */
SELECT sku_no, day_no, SUM(quantity) AS units, COUNT(*) AS n_lines, COUNT(CASE WHEN back THEN 1 END) AS n_back
FROM items WHERE lost IS NULL GROUP BY sku_no, day_no
