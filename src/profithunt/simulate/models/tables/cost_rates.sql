/* ---
what = "cost_rates"
grain = ["kind", "starts_on", "dimension", "member"]
[columns]
kind = "text | kind"
rate = "rate | rate"
unit = "text | unit"
starts_on = "date | from"
ends_on = "date | to"
dimension = "text | dimension"
member = "text | member"
--- */
SELECT kind, rate, unit, starts_on, ends_on, dimension, member FROM activity_rates
