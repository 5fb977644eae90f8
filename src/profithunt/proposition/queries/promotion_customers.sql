/* ---
what = "Customers with their first day, in two halves: what one half used an offer on says what it is about for the other."
grain = ["customer_id"]
working = true
[columns]
customer_id = "text | customer"
first_on = "date | day of the first order"
half = "int | 0 or 1"
--- */
SELECT customer_id, first_on, MOD(ROW_NUMBER() OVER (ORDER BY customer_id ASC), 2) AS half
FROM (
  SELECT customer_id, MIN(ordered_on) AS first_on
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND customer_id IS NOT NULL
  GROUP BY customer_id
) AS firsts
