/* ---
what = "What visitors type into the shop's own search."
grain = ["search_no"]
[columns]
search_no = "int | term"
search_term = "text | as typed"
results = "int | results shown"
weight = "rate | how often, relative"
--- */
SELECT n.n AS search_no,
       CONCAT(f.word, ' ', g.word) AS search_term,
       4 + X_DRAW(60, 'search.results', n.n) AS results,
       EXP(0.9 * X_NORMAL('search.weight', n.n)) AS weight
FROM numbers AS n
INNER JOIN words AS f ON f.kind = 'form' AND f.word_no = MOD(n.n + 3, 20)
INNER JOIN words AS g ON g.kind = 'goods' AND g.word_no = MOD(FLOOR(n.n / 20) + n.n, 8)
WHERE n.n < 80
