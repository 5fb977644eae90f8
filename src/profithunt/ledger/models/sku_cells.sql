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
WITH summed AS (
  SELECT sku,
         COUNT(line_no) AS n_lines,
         SUM(units) AS units,
         SUM(units_returned) AS units_returned,
         SUM(CASE WHEN discounted THEN units ELSE 0 END) AS discounted_units,
         SUM(CASE WHEN cost_source = 'assumed' THEN list_sales ELSE 0 END) AS assumed_sales,
         X_EACH(components, X_MONEY(X_SUM(X_ITEM)))
  FROM ledger
  GROUP BY sku
)
SELECT sku, n_lines, units, units_returned, discounted_units, assumed_sales,
       X_EACH(components, X_ITEM),
       X_PLUS(net_sales_parts) AS net_sales,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM summed
