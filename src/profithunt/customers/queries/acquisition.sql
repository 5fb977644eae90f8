/* ---
what = "What the customers are worth whom each member of each dimension brought: plain, and with the mix taken out."
--- */
SELECT dimension, member, horizon_days, n_customers, cm3_naive, cm3_adjusted, cm3_low, cm3_high, cm3_lift,
       cm3_error, better, retained_naive, retained_adjusted, retained_low, retained_high
FROM acquisition_found
