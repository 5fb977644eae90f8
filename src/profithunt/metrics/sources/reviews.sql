/* ---
what = "One row per review."
grain = "review"
needs = ["reviews.reviewed_at"]
dimensions = ["channel"]
live = ["category", "sku"]
[columns]
order_id = "order, as an example to look at"
rating = "rating as given | reviews.rating"
bad = "rated 2 or lower | reviews.rating"
--- */
SELECT X_DAY(reviews.reviewed_at) AS day,
       reviews.order_id AS order_id,
       orders.channel AS channel,
       products.category AS category,
       reviews.sku AS sku,
       reviews.rating AS rating,
       reviews.rating <= 2 AS bad
FROM reviews
LEFT JOIN orders ON orders.order_id = reviews.order_id
LEFT JOIN products ON products.sku = reviews.sku
WHERE reviews.reviewed_at IS NOT NULL
