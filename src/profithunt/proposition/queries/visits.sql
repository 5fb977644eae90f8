/* ---
what = "Visits by month."
grain = ["month"]
[columns]
month = "date | month"
n_visits = "int | sessions that began in it"
first_on = "date | first day with a session"
last_on = "date | last day with one"
--- */
SELECT X_MONTH(X_DAY(started_at)) AS month, COUNT(*) AS n_visits,
       MIN(X_DAY(started_at)) AS first_on, MAX(X_DAY(started_at)) AS last_on
FROM sessions
GROUP BY X_MONTH(X_DAY(started_at))
