/* ---
what = "The acquisition lens of one dimension, the most valuable customers first; what can't be compared comes last."
--- */
SELECT dimension, member, horizon_days, n_customers, cm3_naive, cm3_adjusted, cm3_low, cm3_high, cm3_lift, better,
       retained_naive, retained_adjusted, retained_low, retained_high
FROM acquisition
WHERE dimension = $dimension
ORDER BY cm3_adjusted DESC NULLS LAST, member ASC
