/* ---
what = "Pages that visits begin on."
grain = ["page_no"]
[columns]
page_no = "int | page"
page = "text | its path"
bounced = "rate | share of visits that leave at once"
weight = "rate | visits without a keyword, relative"
--- */
SELECT n.n AS page_no,
       CASE WHEN n.n = 0 THEN '/' ELSE CONCAT('/', REPLACE(m.word, ' ', '-'), '/', f.word) END AS page,
       LEAST(GREATEST(0.30 + 0.05 * X_NORMAL('page.bounced', n.n), 0.12), 0.5) AS bounced,
       CASE WHEN n.n = 0 THEN 6 ELSE 1 END * EXP(0.6 * X_NORMAL('page.weight', n.n)) AS weight
FROM numbers AS n
INNER JOIN words AS m ON m.kind = 'many' AND m.word_no = MOD(n.n, 12)
INNER JOIN words AS f ON f.kind = 'form' AND f.word_no = MOD(FLOOR(n.n / 12) + 7 * n.n, 20)
WHERE n.n < $n_pages
