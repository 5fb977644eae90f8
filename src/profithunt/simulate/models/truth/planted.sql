/* ---
what = "What is planted: each wish with the members that fall to it, from when to when, how strongly."
grain = ["problem"]
[columns]
problem = "text | id"
wish = "text | wish"
family = "text | family of the lever"
lever = "text | lever"
entity = "text | what names the member"
member_no = "int | member"
starts_no = "int | first day, 0 or later"
ends_no = "int | last day"
strength = "rate | how hard the lever is pulled"
absent = "bool | the world without it is one without the member"
measured = "text | how its money is measured"
--- */
WITH placed AS (
  SELECT CONCAT(w.wish, '-', CAST(p.place - w.first_place + 1 AS TEXT)) AS problem,
         w.wish,
         w.family,
         w.lever,
         w.entity,
         p.member_no,
         -- A cohort is a calendar month.
         CASE WHEN w.family = 'month'
              THEN GREATEST(X_DAYS_BETWEEN($starts_on, X_MONTH(X_ADD_DAYS($starts_on, CAST(GREATEST($n_days - w.days, 0) AS INT)))), 0)
              ELSE GREATEST($n_days - w.days, 0) END AS starts_no,
         CASE WHEN w.family = 'month'
              THEN X_DAYS_BETWEEN($starts_on, X_ADD_MONTHS(X_MONTH(X_ADD_DAYS($starts_on, CAST(GREATEST($n_days - w.days, 0) AS INT))), 1)) - 1
              WHEN w.until > 0 THEN $n_days - w.until ELSE $n_days - 1 END AS ends_no,
         ROUND(w.low + (w.high - w.low) * X_UNIFORM('planted.strength', w.wish_no, p.place), 4) AS strength,
         w.absent,
         w.measured,
         MIN(w.wish_no) OVER (PARTITION BY w.family, p.member_no) AS first_wish,
         w.wish_no
  FROM wishes AS w
  INNER JOIN pools AS p ON p.pool = w.pool AND p.place >= w.first_place AND p.place < w.first_place + w.many
  WHERE $n_days - w.until > 0
)
-- What arises by itself is looked for where nothing was planted.
SELECT problem, wish, family, lever, entity, member_no, starts_no, ends_no, strength, absent, measured
FROM placed
WHERE lever <> 'runs' OR first_wish = wish_no
