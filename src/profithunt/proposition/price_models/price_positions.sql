/* ---
what = "Where each compared SKU stands against rivals, and what to do about its price, in contribution profit over 28 days."
grain = ["sku"]
[columns]
sku = "text | SKU"
name = "text | name"
brand = "text | brand"
category = "text | category, empty where none is known"
subcategory = "text | category below it"
price = "money | own price today"
known_from = "text | price_changes, orders or products"
shipping = "rate | own delivery charge, mean"
n_days = "rate | own days from order to delivery, mean"
late = "rate | own share of late parcels"
delivered = "rate | own delivered price: price + delivery charge + days × value of a day + P(late) × cost of lateness"
n_rivals = "int | rivals seen over the recent days"
n_in_stock = "int | of them, those that had it in stock"
lowest_price = "money | lowest price of those, like for like"
lowest_competitor = "text | whose that is"
median_price = "rate | median price of those"
lowest_delivered = "rate | lowest delivered price of those"
delivered_competitor = "text | whose that is"
rank = "int | place of the own price among those in stock, 1 for the lowest"
delivered_rank = "int | the same by delivered price"
gap = "rate | own price ÷ lowest − 1: above 0 a rival is cheaper"
delivered_gap = "rate | the same by delivered price"
days_compared = "int | of the last 28 days, those on which a rival's price is known and it had the SKU in stock"
days_undercut = "int | of these, those on which a rival was cheaper"
at_war = "bool | the shop and a rival cut in turn"
units = "rate | units to expect in 28 days at today's price"
margin = "rate | contribution (CM2) of a unit"
elasticity = "rate | per cent of the units that go for a per cent of the price"
elasticity_sd = "rate | give or take"
learnt = "rate | how much of that the shop's own prices have taught, 0 (nothing: the declared belief speaks) to 1"
advice = "text | lower, raise or hold"
reason = "text | why"
guard = "text | what kept the price from going further: margin floor, advertised price, own packs, own channels, price war; empty for none"
price_to_try = "money | price to try; null to hold"
value = "rate | contribution profit over 28 days against today's price (P50); null to hold"
value_low = "rate | P10"
value_high = "rate | P90"
probability = "rate | that it earns more"
[checks]
unique = true
--- */
SELECT t.sku, t.name, t.brand, t.category, t.subcategory, t.price, t.known_from, t.shipping, t.n_days, t.late, t.delivered, t.n_rivals,
       t.n_in_stock, t.lowest_price, t.lowest_competitor, t.median_price, t.lowest_delivered, t.delivered_competitor, t.rank,
       t.delivered_rank, t.gap, t.delivered_gap, t.days_compared, t.days_undercut, t.at_war,
       X_DIV(t.units * 28, t.sold_days) AS units, t.margin, a.elasticity, a.elasticity_sd, a.learnt, a.advice, a.reason, a.guard,
       X_MONEY(a.price_to_try) AS price_to_try, a.value, a.value_low, a.value_high, a.probability
FROM price_terms AS t
JOIN price_advice_found AS a ON a.sku = t.sku
