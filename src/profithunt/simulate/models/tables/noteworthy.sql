/* ---
what = "noteworthy"
grain = ["starts_on", "title"]
order_by = ["starts_on", "title", "ends_on", "metric", "dimension", "member"]
[columns]
starts_on = "date | from"
ends_on = "date | to"
title = "text | title"
note = "text | note"
metric = "text | metric"
dimension = "text | dimension"
member = "text | member"
--- */
WITH runs AS (
  SELECT event AS title, day, X_ADD_DAYS(day, -CAST(ROW_NUMBER() OVER (PARTITION BY event ORDER BY day) AS INT)) AS block
  FROM days WHERE event IS NOT NULL
)
SELECT MIN(day) AS starts_on, MAX(day) AS ends_on, title, 'Known every year.' AS note, 'orders' AS metric,
       CAST(NULL AS TEXT) AS dimension, CAST(NULL AS TEXT) AS member
FROM runs
GROUP BY title, block
UNION ALL
SELECT X_ADD_DAYS($starts_on, CAST(f.starts_no AS INT)), X_ADD_DAYS($starts_on, CAST(f.ends_no AS INT)), f.name, 'Promotion.', 'discount', 'category', c.category
FROM offers AS f
INNER JOIN categories AS c ON c.category_no = f.category_no
WHERE f.kind = 'promotion' AND f.starts_no < $n_days
