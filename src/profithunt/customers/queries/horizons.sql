/* ---
what = "Customers acquired, and how many of them have been seen for a whole, a half, a quarter and an eighth of the horizon."
--- */
SELECT COUNT(*) AS n,
       COUNT(CASE WHEN X_ADD_DAYS(acquired_on, $horizon) <= X_ADD_DAYS($through, 1) THEN 1 END) AS whole,
       COUNT(CASE WHEN X_ADD_DAYS(acquired_on, $half) <= X_ADD_DAYS($through, 1) THEN 1 END) AS half,
       COUNT(CASE WHEN X_ADD_DAYS(acquired_on, $quarter) <= X_ADD_DAYS($through, 1) THEN 1 END) AS quarter,
       COUNT(CASE WHEN X_ADD_DAYS(acquired_on, $eighth) <= X_ADD_DAYS($through, 1) THEN 1 END) AS eighth
FROM acquisitions
