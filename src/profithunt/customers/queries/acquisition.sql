/* ---
what = "What the customers are worth whom each member of each dimension brought: plain, and with the mix (month, channel, marketing channel, country of the first order; for products the size of it) taken out."
grain = ["dimension", "member"]
[columns]
dimension = "text | what the first order held (sku, style, brand, category), where it was placed, or what led to it"
member = "text | member; the 500 that brought most customers, with ten at least"
horizon_days = "int | days after the first order that are counted; customers who have not been seen so long are left out"
n_customers = "int | customers it brought; one whose first order held several products counts for each"
cm3_naive = "money | their contribution profit per customer over these days"
cm3_adjusted = "money | the same if their mix were that of everybody, held towards the others where they are few; null where all of the same mix are its own"
cm3_low = "money | 1 in 10 chance of less"
cm3_high = "money | 1 in 10 chance of more"
cm3_lift = "money | adjusted less the mean of everybody"
cm3_error = "money | standard error of the difference to all others, before it is held towards them"
better = "rate | probability that they are worth more than everybody"
value_naive = "money | lifetime value per customer, of all it brought: contribution profit so far and what is expected of 24 months; null without a forecast"
value_adjusted = "money | the same, mix taken out and held towards the others"
value_low = "money | 1 in 10 chance of less"
value_high = "money | 1 in 10 chance of more"
retained_naive = "rate | share of them that ordered again in these days"
retained_adjusted = "rate | the same, mix taken out and held towards the others"
retained_low = "rate | 1 in 10 chance of less"
retained_high = "rate | 1 in 10 chance of more"
--- */
SELECT dimension, member, horizon_days, n_customers, cm3_naive, cm3_adjusted, cm3_low, cm3_high, cm3_lift,
       cm3_error, better, value_naive, value_adjusted, value_low,
       value_high, retained_naive, retained_adjusted, retained_low, retained_high
FROM acquisition_found
