/* ---
what = "One row per look at a competitor's price, beside our list price."
grain = "price check"
needs = ["competitor_prices", "products.list_price"]
empty_days = "zero"
dimensions = ["competitor"]
live = ["category", "brand", "sku"]
[columns]
own_price = "our list price"
their_price = "the competitor's price"
dearer = "we are dearer"
their_stock = "it could be bought there | competitor_prices.in_stock"
--- */
SELECT X_DAY(competitor_prices.checked_at) AS day,
       competitor_prices.competitor AS competitor,
       products.category AS category,
       products.brand AS brand,
       competitor_prices.sku AS sku,
       products.list_price AS own_price,
       competitor_prices.price AS their_price,
       products.list_price > competitor_prices.price AS dearer,
       competitor_prices.in_stock AS their_stock
FROM competitor_prices
JOIN products ON products.sku = competitor_prices.sku
WHERE products.list_price IS NOT NULL AND competitor_prices.price > 0
