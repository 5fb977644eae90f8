/* ---
what = "How the compared SKUs of each member of a dimension stand, and what advice on their prices is worth."
grain = ["member"]
[columns]
member = "text | member of the dimension"
n_skus = "int | SKUs compared"
n_lowest = "int | of them, nobody in stock is cheaper"
n_delivered_lowest = "int | of them, nobody is cheaper delivered"
median_gap = "rate | median of own price ÷ lowest − 1"
median_delivered_gap = "rate | the same by delivered price"
days_undercut_share = "rate | days on which a rival was cheaper, of all days compared"
n_lower = "int | prices to lower"
n_raise = "int | prices to raise"
value = "rate | contribution profit over 28 days of all advice (P50)"
--- */
SELECT X_PART(dimension) AS member,
       COUNT(*) AS n_skus,
       COUNT(CASE WHEN n_in_stock > 0 AND rank = 1 THEN 1 END) AS n_lowest,
       COUNT(CASE WHEN n_in_stock > 0 AND delivered_rank = 1 THEN 1 END) AS n_delivered_lowest,
       X_PERCENTILE(gap, 0.5) AS median_gap,
       X_PERCENTILE(delivered_gap, 0.5) AS median_delivered_gap,
       X_DIV(SUM(days_undercut), SUM(days_compared)) AS days_undercut_share,
       COUNT(CASE WHEN advice = 'lower' THEN 1 END) AS n_lower,
       COUNT(CASE WHEN advice = 'raise' THEN 1 END) AS n_raise,
       COALESCE(SUM(value), 0) AS value
FROM price_positions
GROUP BY X_PART(dimension)
ORDER BY n_skus DESC, member
