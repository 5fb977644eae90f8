/* ---
what = "A share of the customers, to see what actions do to them."
grain = ["customer_no"]
[columns]
world = "text | the world in which everything that an action may bring is there"
customer_no = "int | customer"
--- */
SELECT 'potential' AS world, n + $first AS customer_no
FROM numbers
WHERE n < $chunk AND n + $first < $customers AND X_UNIFORM('sampled', n + $first) < $sample_share
