/* ---
what = "The worst orders of each member of a dimension, as examples."
--- */
WITH by_order AS (
  SELECT COALESCE(X_PART(member), 'unallocated') AS member, order_id, SUM(cm3) AS cm3
  FROM dated_ledger
  WHERE order_id IS NOT NULL AND X_PART(period)
  GROUP BY COALESCE(X_PART(member), 'unallocated'), order_id
),
placed AS (
  SELECT member, order_id, cm3, ROW_NUMBER() OVER (PARTITION BY member ORDER BY cm3 ASC, order_id ASC) AS place
  FROM by_order
)
SELECT member, order_id, cm3, place FROM placed WHERE place <= $n_examples AND X_PART(chosen)
ORDER BY member, place
