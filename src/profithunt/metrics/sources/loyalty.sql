/* ---
what = "One row per movement of loyalty credits."
grain = "movement"
needs = ["loyalty"]
dimensions = ["kind"]
live = []
[columns]
kind = "earn, burn or expire"
credits = "credits | loyalty.credits"
value = "value in money | loyalty.value"
--- */
SELECT X_DAY(moved_at) AS day, kind AS kind, credits AS credits, value AS value
FROM loyalty
