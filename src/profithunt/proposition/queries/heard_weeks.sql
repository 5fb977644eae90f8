/* ---
what = "What was heard by member and week back from a day: week 0 is the seven days that end on it."
grain = ["member", "week"]
[columns]
member = "text | member"
week = "int | weeks back"
n = "int | contacts, reviews and returns"
--- */
SELECT X_PART(member) AS member,
       CAST(FLOOR(X_DAYS_BETWEEN(heard_on, $last) / 7.0) AS BIGINT) AS week,
       COUNT(*) AS n
FROM heard
WHERE heard_on <= $last AND heard_on > X_ADD_DAYS($last, -7 * $n_weeks)
GROUP BY X_PART(member), CAST(FLOOR(X_DAYS_BETWEEN(heard_on, $last) / 7.0) AS BIGINT)
