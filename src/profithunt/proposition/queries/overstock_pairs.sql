/* ---
what = "Customers whom an overstocked SKU suits, and the chance that each buys it unasked within 28 days."
grain = ["customer", "item"]
[columns]
customer = "int | number of the customer in overstock_people"
item = "int | number of the SKU in overstock_terms"
chance = "rate | probability to buy it unasked within 28 days"
[checks]
unique = true
--- */
SELECT overstock_people.customer AS customer, overstock_terms.item AS item,
       -- Those whom it suits can't buy more by themselves than is bought at all these weeks: tastes know no season.
       affinity.chance * LEAST(1, X_DIV(overstock_terms.units_28, SUM(affinity.chance) OVER (PARTITION BY affinity.sku))) AS chance
FROM affinity
JOIN overstock_terms ON overstock_terms.sku = affinity.sku
JOIN overstock_people ON overstock_people.customer_id = affinity.customer_id
WHERE affinity.chance > 0
