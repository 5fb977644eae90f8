/* ---
what = "Customers most like one: same way of coming and order band, nearest in profit to date."
--- */
SELECT others.customer_id AS customer_id, others.n_orders AS n_orders, others.cm3 AS cm3, others.peers AS peers,
       others.segment AS segment
FROM customer_explained AS mine
JOIN customer_explained AS others
  ON others.order_band = mine.order_band AND others.customer_id <> mine.customer_id
  AND COALESCE(others.channel, '') = COALESCE(mine.channel, '')
WHERE mine.customer_id = $customer_id AND others.cm3 IS NOT NULL
ORDER BY ABS(others.cm3 - mine.cm3), others.customer_id
LIMIT 6
