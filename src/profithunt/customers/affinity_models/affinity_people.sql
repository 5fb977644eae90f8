/* ---
what = "The customers whose taste can be learnt: those who lately bought at least two SKUs, the most recent first, up to a limit."
grain = ["unit"]
working = true
[columns]
unit = "int | number of the customer, from 0"
customer_id = "text | customer"
--- */
SELECT ROW_NUMBER() OVER (ORDER BY last_on DESC, customer_id) - 1 AS unit, customer_id
FROM (
  SELECT customer_id, last_on, ROW_NUMBER() OVER (ORDER BY last_on DESC, customer_id) AS place
  FROM (
    SELECT customer_id, MAX(ordered_on) AS last_on, COUNT(DISTINCT sku) AS n_skus
    FROM ledger
    WHERE entry = 'line' AND units > 0 AND sku IS NOT NULL AND customer_id IS NOT NULL
      AND ordered_on > $since AND ordered_on <= $until
    GROUP BY customer_id
  ) AS bought
  WHERE n_skus >= 2
) AS recent
WHERE place <= $most_customers
