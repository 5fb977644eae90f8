/* ---
what = "One row per thing that a customer did besides buying: app installed, membership joined, subscription started."
grain = "event"
needs = ["customer_events"]
empty_days = "zero"
dimensions = ["kind"]
live = []
[columns]
kind = "what happened"
--- */
SELECT X_DAY(occurred_at) AS day, kind AS kind
FROM customer_events
