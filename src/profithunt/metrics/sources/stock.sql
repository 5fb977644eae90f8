/* ---
what = "One row per day, SKU and place: what was on the shelf."
grain = "day × SKU × place"
needs = ["stock"]
dimensions = []
live = ["place", "category", "brand", "sku"]
[columns]
on_hand = "units there"
on_order = "units on order | stock.on_order"
in_stock = "at least one unit there"
value = "units there at cost, null where no cost is known | stock.unit_cost | products.unit_cost"
past_season = "its season is over and some is left | products.season_ends_on"
--- */
SELECT stock.counted_on AS day,
       stock.place_id AS place,
       products.category AS category,
       products.brand AS brand,
       stock.sku AS sku,
       stock.on_hand AS on_hand,
       stock.on_order AS on_order,
       stock.on_hand > 0 AS in_stock,
       X_TIMES(stock.on_hand, COALESCE(stock.unit_cost, products.unit_cost)) AS value,
       COALESCE(products.season_ends_on < stock.counted_on AND stock.on_hand > 0, FALSE) AS past_season
FROM stock
LEFT JOIN products ON products.sku = stock.sku
