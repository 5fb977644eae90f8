/* ---
what = "How the 28 days after the last one compare with the days that a problem lasted, by the calendar of the world."
grain = ["problem"]
[columns]
problem = "text | problem"
share = "rate | demand of the 28 days as a share of that of the days that it lasted; where it grows with the customers whom it befell, of the last half year"
is_growing = "bool | whether it does"
--- */
WITH placed AS (
  SELECT p.problem, p.ends_no, p.lever IN ('once_only', 'rich', 'brings') AS is_growing,
         CASE WHEN p.lever IN ('once_only', 'rich', 'brings') THEN GREATEST(p.starts_no, $n_days - 182) ELSE p.starts_no END AS starts_no,
         COALESCE(k.category_no, s.category_no, -1) AS category_no
  FROM planted AS p
  LEFT JOIN skus AS k ON p.entity IN ('sku', 'pair') AND k.sku_no = p.member_no
  LEFT JOIN styles AS s ON p.entity = 'style' AND s.style_no = p.member_no
)
SELECT p.problem,
       X_DIV(SUM(CASE WHEN c.day_no >= $n_days AND c.day_no < $n_days + 28 THEN c.weight END),
             SUM(CASE WHEN c.day_no >= p.starts_no AND c.day_no <= p.ends_no THEN c.weight END)) AS share,
       p.is_growing
FROM placed AS p
INNER JOIN calendar AS c ON c.category_no = p.category_no
GROUP BY p.problem, p.is_growing
