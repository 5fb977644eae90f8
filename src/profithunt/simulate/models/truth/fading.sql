/* ---
what = "Seasons that look like a collapse: the category whose demand falls most before the end of the world, as it does every year."
grain = ["category"]
[columns]
category = "text | category"
factor_then = "rate | season two months before"
factor_now = "rate | season of the last month"
--- */
WITH last_month AS (
  SELECT MAX(month) AS month FROM days
),
ends AS (
  SELECT c.category,
         MAX(CASE WHEN s.month_of_year = MOD(MONTH(m.month) + 9, 12) + 1 THEN s.factor END) AS factor_then,
         MAX(CASE WHEN s.month_of_year = MONTH(m.month) THEN s.factor END) AS factor_now
  FROM categories AS c
  INNER JOIN season_months AS s ON s.category_no = c.category_no
  CROSS JOIN last_month AS m
  GROUP BY c.category
),
placed AS (
  SELECT category, factor_then, factor_now, ROW_NUMBER() OVER (ORDER BY X_DIV(factor_now, factor_then), category) AS place FROM ends
)
SELECT category, factor_then, factor_now FROM placed WHERE place = 1 AND factor_now < factor_then
