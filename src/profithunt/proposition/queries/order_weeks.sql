/* ---
what = "Orders by week back from a day, and of a span of days (week -1)."
grain = ["week"]
[columns]
week = "int | weeks back; -1 the span"
n = "int | orders"
--- */
SELECT CAST(FLOOR(X_DAYS_BETWEEN(X_DAY(ordered_at), $last) / 7.0) AS BIGINT) AS week, COUNT(*) AS n
FROM orders
WHERE X_DAY(ordered_at) <= $last AND X_DAY(ordered_at) > X_ADD_DAYS($last, -7 * $n_weeks)
GROUP BY CAST(FLOOR(X_DAYS_BETWEEN(X_DAY(ordered_at), $last) / 7.0) AS BIGINT)
UNION ALL
SELECT -1 AS week, COUNT(*) AS n
FROM orders
WHERE X_DAY(ordered_at) >= $first AND X_DAY(ordered_at) <= $last
