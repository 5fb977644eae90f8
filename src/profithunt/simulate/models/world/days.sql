/* ---
what = "Each day of the world with its weight: season of the year, weekday, days that everybody knows."
grain = ["day_no"]
[columns]
day_no = "int | days since the first"
day = "date | day"
month_no = "int | months since the first"
month = "date | first day of its month"
weekday = "int | 0 is Monday"
event = "text | what day it is, where everybody knows it"
weight = "rate | demand, relative"
upto = "rate | share of all demand up to and including the day"
--- */
WITH counted AS (
  SELECT n AS day_no, X_ADD_DAYS($starts_on, n) AS day FROM numbers WHERE n < $n_days
),
dated AS (
  SELECT c.day_no,
         c.day,
         X_MONTH(c.day) AS month,
         MONTH(c.day)   AS month_of_year,
         (YEAR(c.day) - YEAR($starts_on)) * 12 + MONTH(c.day) - MONTH($starts_on) AS month_no,
         MOD(X_DAYS_BETWEEN(CAST('2001-01-01' AS DATE), c.day), 7) AS weekday
  FROM counted AS c
),
weighted AS (
  SELECT d.day_no, d.day, d.month, d.month_no, d.weekday, e.title AS event,
         w.factor * COALESCE(e.factor, 1) * s.factor AS weight
  FROM dated AS d
  INNER JOIN weekdays AS w ON w.weekday = d.weekday
  INNER JOIN season_months AS s ON s.category_no = -1 AND s.month_of_year = d.month_of_year
  LEFT JOIN known_days AS e
    ON e.month = d.month_of_year AND DAY(d.day) >= e.day AND DAY(d.day) < e.day + e.days
)
SELECT day_no, day, month_no, month, weekday, event, weight,
       X_DIV(SUM(weight) OVER (ORDER BY day_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), SUM(weight) OVER ()) AS upto
FROM weighted
