/* ---
what = "Each day of the world and of the months after it with its weight: season of the year, weekday, days that everybody knows. By category (-1: the shop)."
grain = ["category_no", "day_no"]
[columns]
category_no = "int | category, -1 for the shop"
day_no = "int | days since the first"
month_of_year = "int | 1 is January"
weight = "rate | demand, relative"
--- */
WITH dated AS (
  SELECT n AS day_no, X_ADD_DAYS($starts_on, CAST(n AS INT)) AS day FROM numbers WHERE n < $n_days + 240
),
weighed AS (
  SELECT d.day_no, MONTH(d.day) AS month_of_year, w.factor * COALESCE(e.factor, 1) * s.factor AS weight
  FROM dated AS d
  INNER JOIN weekdays AS w ON w.weekday = MOD(X_DAYS_BETWEEN(CAST('2001-01-01' AS DATE), d.day), 7)
  INNER JOIN season_months AS s ON s.category_no = -1 AND s.month_of_year = MONTH(d.day)
  LEFT JOIN known_days AS e ON e.month = MONTH(d.day) AND DAY(d.day) >= e.day AND DAY(d.day) < e.day + e.days
),
-- Categories share what is bought on a day: what one gains in its season, the others lose.
shared AS (
  SELECT s.category_no, s.month_of_year, X_DIV(s.factor, m.factor) AS factor
  FROM season_months AS s
  INNER JOIN (
    SELECT n.month_of_year, X_DIV(SUM(k.popularity * n.factor), SUM(k.popularity)) AS factor
    FROM skus AS k
    INNER JOIN season_months AS n ON n.category_no = k.category_no
    GROUP BY n.month_of_year
  ) AS m ON m.month_of_year = s.month_of_year
  WHERE s.category_no >= 0
  UNION ALL
  SELECT -1, s.month_of_year, 1 FROM season_months AS s WHERE s.category_no = -1
)
SELECT s.category_no, w.day_no, w.month_of_year, w.weight * s.factor AS weight
FROM weighed AS w
INNER JOIN shared AS s ON s.month_of_year = w.month_of_year
