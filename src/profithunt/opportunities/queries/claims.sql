/* ---
what = "What each opportunity claims of each cell of rows that it covers: its money in proportion to the list sales there."
grain = ["cell", "item"]
[columns]
cell = "int | rows of the ledger that the same opportunities cover"
item = "int | opportunity"
rank = "int | its rank"
claim = "rate | money"
--- */
WITH totals AS (
  SELECT number, SUM(weight) AS weight FROM _covered GROUP BY number
),
cells AS (
  SELECT cell, number, weight FROM _covered
  UNION ALL
  -- What covers no row of the ledger still covers itself: two detectors on one search term claim the same.
  SELECT -1 - e.number AS cell, e.number, CAST(1 AS DOUBLE) AS weight
  FROM (SELECT DISTINCT number FROM _items) AS e
  LEFT JOIN totals AS t ON t.number = e.number
  WHERE t.number IS NULL
)
SELECT c.cell AS cell, i.item AS item, i.rank AS rank,
       i.value * COALESCE(X_DIV(c.weight, t.weight), 1) AS claim
FROM cells AS c
INNER JOIN _items AS i ON i.number = c.number
LEFT JOIN totals AS t ON t.number = c.number
