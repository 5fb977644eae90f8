/* ---
what = "Levers by member: those of a style hold for two of its sizes."
grain = ["problem", "member_no"]
[columns]
problem = "text | problem"
family = "text | family"
lever = "text | lever"
member_no = "int | member"
starts_no = "int | first day"
ends_no = "int | last day"
strength = "rate | strength"
absent = "bool | see planted"
--- */
SELECT p.problem, p.family, p.lever, COALESCE(k.sku_no, p.member_no) AS member_no, p.starts_no, p.ends_no, p.strength, p.absent
FROM planted AS p
LEFT JOIN skus AS k ON p.entity = 'style' AND k.style_no = p.member_no AND MOD(k.sku_no, 4) IN (1, 2)
