/* ---
what = "One row per change of a price."
grain = "price change"
needs = ["price_changes"]
empty_days = "zero"
dimensions = ["kind"]
live = ["category", "brand", "sku"]
[columns]
kind = "full, markdown or promotion | price_changes.kind"
--- */
SELECT X_DAY(price_changes.changed_at) AS day,
       price_changes.kind AS kind,
       products.category AS category,
       products.brand AS brand,
       price_changes.sku AS sku
FROM price_changes
LEFT JOIN products ON products.sku = price_changes.sku
