/* ---
what = "For a listening session: a fair random sample of what was heard in a span of days."
grain = ["kind", "id"]
[columns]
kind = "text | contact or review"
id = "text | key"
order_id = "text | order"
heard_on = "date | day"
--- */
SELECT kind, id, order_id, heard_on
FROM heard
WHERE heard_on >= $first AND heard_on <= $last AND kind <> 'return'
ORDER BY X_UNIFORM('listen.session', no), no
LIMIT $n
