/* ---
what = "Which customers an overstocked SKU suits best, learnt from who bought what; without stock, which SKUs suit each customer best."
grain = ["sku", "rank"]
[columns]
customer_id = "text | customer"
sku = "text | SKU"
score = "rate | how well they suit each other; comparable within a run only"
rank = "int | the customer's place for this SKU, 1 the best"
sku_rank = "int | the SKU's place for this customer among the SKUs listed here, 1 the best"
chance = "rate | probability that the customer buys the SKU within 28 days by themselves: the share of pairs of such a score that did in the hold-out"
[checks]
unique = true
--- */
SELECT p.customer_id AS customer_id, i.sku AS sku, f.score AS score, f.place AS rank, f.sku_place AS sku_rank, f.chance AS chance
FROM affinity_found AS f
INNER JOIN affinity_people AS p ON p.unit = f.unit
INNER JOIN affinity_items AS i ON i.item = f.item
