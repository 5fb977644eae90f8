/* ---
what = "Profit of each SKU, all components."
grain = ["sku"]
include = ["amounts"]
[columns]
sku = "text | SKU"
product_id = "text | style"
name = "text | name"
brand = "text | brand"
category = "text | category"
n_lines = "int | order lines"
units = "quantity | units not cancelled"
units_returned = "quantity | units returned"
discounted_units = "quantity | units sold below list price or with a discount"
assumed_sales = "money | list sales of lines whose cost is assumed"
--- */
WITH totals AS (
  SELECT sku,
         SUM(n_lines) AS n_lines,
         SUM(units) AS units,
         SUM(units_returned) AS units_returned,
         SUM(discounted_units) AS discounted_units,
         SUM(assumed_sales) AS assumed_sales,
         X_EACH(amounts, X_SUM(X_ITEM))
  FROM sku_cells
  WHERE sku IS NOT NULL
  GROUP BY sku
)
SELECT totals.sku AS sku, products.product_id AS product_id, products.name AS name, products.brand AS brand,
       products.category AS category, totals.n_lines AS n_lines, totals.units AS units,
       totals.units_returned AS units_returned, totals.discounted_units AS discounted_units,
       totals.assumed_sales AS assumed_sales,
       X_EACH(amounts, totals.X_ITEM)
FROM totals
LEFT JOIN products ON products.sku = totals.sku
