/* ---
what = "SKUs pushed to the front of their category, where they take the place of better ones."
grain = ["problem"]
[columns]
problem = "text | problem"
sku_no = "int | SKU"
category_no = "int | category"
starts_no = "int | first day"
ends_no = "int | last day"
strength = "rate | share of the category's other lines that are lost"
--- */
SELECT MIN(l.problem) AS problem, MIN(l.member_no) AS sku_no, k.category_no, MIN(l.starts_no) AS starts_no, MIN(l.ends_no) AS ends_no,
       MIN(l.strength) AS strength
FROM levers AS l
INNER JOIN skus AS k ON k.sku_no = l.member_no
WHERE l.lever = 'pushed'
GROUP BY k.category_no
