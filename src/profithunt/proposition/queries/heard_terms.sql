/* ---
what = "Distinct texts with how often they were said lately and in the time before."
grain = ["text"]
[columns]
text = "text | words, personal data masked"
lately = "int | in the last weeks"
before = "int | in the weeks before"
unclear = "int | of the last weeks, without a clear reason"
--- */
SELECT verbatim AS text,
       SUM(CASE WHEN heard_on > X_ADD_DAYS($last, -$lately_days) THEN 1 ELSE 0 END) AS lately,
       SUM(CASE WHEN heard_on > X_ADD_DAYS($last, -$lately_days) THEN 0 ELSE 1 END) AS before,
       SUM(CASE WHEN heard_on > X_ADD_DAYS($last, -$lately_days) AND reason = 'unclear' THEN 1 ELSE 0 END) AS unclear
FROM heard
WHERE verbatim IS NOT NULL AND heard_on <= $last AND heard_on > X_ADD_DAYS($last, -7 * $n_weeks)
GROUP BY verbatim
