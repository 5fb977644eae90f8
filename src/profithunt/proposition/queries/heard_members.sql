/* ---
what = "What was heard between two days, by member of a dimension: how much, what it cost, whether the parcel had failed."
grain = ["member"]
[columns]
member = "text | member; null where it is not known"
n = "int | contacts, reviews and returns"
n_contacts = "int | contacts"
n_reviews = "int | reviews"
n_returns = "int | returns"
n_unclear = "int | of them with no clear reason"
cost = "money | service, goodwill and handling"
n_known = "int | of them about a parcel that is known"
n_failed = "int | of those about one that failed"
csat = "rate | mean satisfaction"
rating = "rate | mean rating"
--- */
SELECT X_PART(member) AS member,
       COUNT(*) AS n,
       SUM(CASE WHEN kind = 'contact' THEN 1 ELSE 0 END) AS n_contacts,
       SUM(CASE WHEN kind = 'review' THEN 1 ELSE 0 END) AS n_reviews,
       SUM(CASE WHEN kind = 'return' THEN 1 ELSE 0 END) AS n_returns,
       SUM(CASE WHEN reason = 'unclear' THEN 1 ELSE 0 END) AS n_unclear,
       SUM(COALESCE(cost, 0)) AS cost,
       COUNT(failed) AS n_known,
       SUM(COALESCE(failed, 0)) AS n_failed,
       AVG(csat) AS csat,
       AVG(rating) AS rating
FROM heard
WHERE heard_on >= $first AND heard_on <= $last
GROUP BY X_PART(member)
ORDER BY COUNT(*) DESC, X_PART(member)
