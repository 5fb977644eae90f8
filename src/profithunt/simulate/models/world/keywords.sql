/* ---
what = "Keywords that the shop bids on, a few of them its own name; a click on the dearest costs several times the cheapest."
grain = ["keyword_no"]
[columns]
keyword_no = "int | keyword"
keyword = "text | keyword"
campaign = "text | campaign"
ad_group = "text | ad group"
page_no = "int | landing page"
cpc = "rate | cost of a click"
weight = "rate | clicks, relative; heavy-tailed"
brand = "bool | the shop's own name"
--- */
SELECT n.n AS keyword_no,
       CASE WHEN n.n < 3 THEN CONCAT('lindenhof', CASE n.n WHEN 0 THEN '' WHEN 1 THEN ' shop' ELSE ' voucher' END)
            ELSE CONCAT(f.word, ' ', m.word) END AS keyword,
       CASE WHEN n.n < 3 THEN 'brand' ELSE CONCAT('generic ', m.word) END AS campaign,
       CASE WHEN n.n < 3 THEN 'own name' ELSE CONCAT(m.word, CASE WHEN MOD(n.n, 2) = 0 THEN ' form' ELSE ' material' END) END AS ad_group,
       X_DRAW($n_pages, 'keyword.page', n.n) AS page_no,
       ROUND(CASE WHEN n.n < 3 THEN 0.15 ELSE 0.80 * EXP(0.35 * X_NORMAL('keyword.cpc', n.n)) END, 2) AS cpc,
       CASE WHEN n.n < 3 THEN 2.5 ELSE 1 END * EXP(0.9 * X_NORMAL('keyword.weight', n.n)) AS weight,
       n.n < 3 AS brand
FROM numbers AS n
INNER JOIN words AS f ON f.kind = 'form' AND f.word_no = MOD(n.n, 20)
INNER JOIN words AS m ON m.kind = 'many' AND m.word_no = MOD(FLOOR(n.n / 20), 12)
WHERE n.n < $n_keywords
