/* ---
what = "Sums of each part of the ledger by SKU; several rows a SKU where the ledger is stored in parts."
grain = ["sku"]
include = ["amounts"]
by_part = "ledger"
[columns]
sku = "text | SKU, null for what belongs to none"
n_lines = "int | order lines"
units = "quantity | units not cancelled"
units_returned = "quantity | units returned"
discounted_units = "quantity | units sold below list price or with a discount"
assumed_sales = "money | list sales of lines whose cost is assumed"
--- */
SELECT sku,
       COUNT(line_no) AS n_lines,
       SUM(units) AS units,
       SUM(units_returned) AS units_returned,
       SUM(CASE WHEN discounted THEN units ELSE 0 END) AS discounted_units,
       SUM(CASE WHEN cost_source = 'assumed' THEN list_sales ELSE 0 END) AS assumed_sales,
       X_EACH(amounts, X_SUM(X_ITEM))
FROM ledger
GROUP BY sku
