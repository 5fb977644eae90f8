/* ---
what = "A few of each member's own words, drawn fairly."
grain = ["member", "place"]
[columns]
member = "text | member"
place = "int | 1 first"
kind = "text | contact, review or return"
id = "text | key"
heard_on = "date | day"
order_id = "text | order"
reason = "text | reason"
verbatim = "text | words, personal data masked"
--- */
WITH worded AS (
  SELECT X_PART(member) AS member, no, kind, id, heard_on, order_id, reason, verbatim,
         ROW_NUMBER() OVER (
           PARTITION BY X_PART(member), verbatim ORDER BY X_UNIFORM('listen.same', no), no
         ) AS copy
  FROM heard
  WHERE heard_on >= $first AND heard_on <= $last AND LENGTH(verbatim) >= 3
),
placed AS (
  SELECT member, no, kind, id, heard_on, order_id, reason, verbatim,
         ROW_NUMBER() OVER (PARTITION BY member ORDER BY X_UNIFORM('listen.voice', no), no) AS place
  FROM worded
  WHERE copy = 1
)
SELECT member, place, kind, id, heard_on, order_id, reason, verbatim
FROM placed
WHERE place <= $n
ORDER BY member, place
