/* ---
what = "Names of some SKUs."
--- */
SELECT sku, name FROM sku_profit WHERE X_PART(chosen) AND name IS NOT NULL
