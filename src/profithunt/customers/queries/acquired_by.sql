/* ---
what = "The acquisition lens of one dimension, the most valuable customers (by lifetime value, where it is known) first; what can't be compared comes last."
--- */
SELECT dimension, member, horizon_days, n_customers, cm3_naive, cm3_adjusted, cm3_low, cm3_high, cm3_lift, better,
       value_naive, value_adjusted, value_low, value_high, retained_naive, retained_adjusted, retained_low, retained_high
FROM acquisition
WHERE dimension = $dimension
ORDER BY value_adjusted DESC NULLS LAST, cm3_adjusted DESC NULLS LAST, member ASC
