/* ---
what = "Money that two opportunities both claim, on the rows that both cover; the largest for each."
grain = ["item", "other"]
[columns]
item = "int | opportunity"
other = "int | the other"
value = "rate | money"
--- */
SELECT item, other, value
FROM (
  SELECT item, other, value, ROW_NUMBER() OVER (PARTITION BY item ORDER BY value DESC, other) AS place
  FROM (
    SELECT a.item AS item, b.item AS other, SUM(LEAST(a.claim, b.claim)) AS value
    FROM _claims AS a
    INNER JOIN _claims AS b ON b.cell = a.cell AND b.item <> a.item
    GROUP BY a.item, b.item
  ) AS pairs
  WHERE value >= 0.01
) AS placed
WHERE place <= $most
