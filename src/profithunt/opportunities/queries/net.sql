/* ---
what = "The money of each opportunity that nobody claims more of: on each cell of rows the largest claim stands, the others are held to be part of it."
grain = ["item"]
[columns]
item = "int | opportunity"
net = "rate | money"
--- */
SELECT item, SUM(CASE WHEN place = 1 THEN claim ELSE 0 END) AS net
FROM (
  SELECT item, claim, ROW_NUMBER() OVER (PARTITION BY cell ORDER BY claim DESC, rank) AS place
  FROM _claims
) AS placed
GROUP BY item
