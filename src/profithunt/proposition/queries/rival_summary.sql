/* ---
what = "How each rival stands against the shop."
grain = ["member"]
[columns]
member = "text | rival"
n_skus = "int | SKUs compared with it"
n_in_stock = "int | of them, it has in stock"
n_cheaper = "int | of those, it is cheaper"
n_cheaper_delivered = "int | of those, it is cheaper delivered"
median_gap = "rate | median of own price ÷ its price − 1: above 0 it is cheaper"
days_undercut_share = "rate | days on which it was cheaper, of all days compared"
last_checked_on = "date | day of the last check"
--- */
SELECT r.competitor AS member,
       COUNT(*) AS n_skus,
       COUNT(CASE WHEN r.in_stock THEN 1 END) AS n_in_stock,
       COUNT(CASE WHEN r.in_stock AND r.gap > 0 THEN 1 END) AS n_cheaper,
       COUNT(CASE WHEN r.in_stock AND r.delivered < p.delivered THEN 1 END) AS n_cheaper_delivered,
       X_PERCENTILE(CASE WHEN r.in_stock THEN r.gap END, 0.5) AS median_gap,
       X_DIV(SUM(r.days_undercut), SUM(r.days_compared)) AS days_undercut_share,
       MAX(r.checked_on) AS last_checked_on
FROM rival_positions AS r
LEFT JOIN price_positions AS p ON p.sku = r.sku
GROUP BY r.competitor
ORDER BY n_skus DESC, member
