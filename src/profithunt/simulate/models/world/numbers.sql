/* ---
what = "Whole numbers from 0, to count with."
grain = ["n"]
[columns]
n = "int | number"
--- */
SELECT a.n * 10000 + b.n * 100 + c.n AS n
FROM digits AS a
CROSS JOIN digits AS b
CROSS JOIN digits AS c
WHERE a.n < 20
