/* ---
what = "Time as the shop feels it: slots of equal demand, each on a day. Customers live by this clock, so that seasons stretch and squeeze what they do."
grain = ["slot"]
[columns]
slot = "int | slot, eight for each day of the world"
day_no = "int | day"
--- */
WITH spans AS (
  SELECT day_no, COALESCE(LAG(upto) OVER (ORDER BY day_no), 0) AS before, upto FROM days
)
SELECT n.n AS slot, s.day_no
FROM numbers AS n
INNER JOIN spans AS s ON (n.n + 0.5) >= s.before * ($n_days * 8) AND (n.n + 0.5) < s.upto * ($n_days * 8)
WHERE n.n < $n_days * 8
