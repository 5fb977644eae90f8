SELECT s.keyword, X_DIV(s.cost, COALESCE(l.cm2, 0) + 0.01) AS rate
FROM (SELECT keyword, SUM(cost) AS cost FROM ad_spend WHERE keyword IS NOT NULL GROUP BY keyword) AS s
LEFT JOIN (SELECT keyword, SUM(cm2) AS cm2 FROM ledger WHERE entry = 'line' GROUP BY keyword) AS l ON l.keyword = s.keyword
