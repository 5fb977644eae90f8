/* ---
what = "One row per customer, by the day the account or membership began."
grain = "customer"
needs = ["customers.joined_at"]
empty_days = "zero"
dimensions = ["country"]
live = ["region", "first_seen_channel", "loyalty_tier"]
[columns]
opted_in = "may be written to | customers.email_opt_in"
opt_in_known = "whether the customer may be written to is known | customers.email_opt_in"
--- */
SELECT X_DAY(joined_at) AS day, country AS country, region AS region, first_seen_channel AS first_seen_channel,
       loyalty_tier AS loyalty_tier, email_opt_in AS opted_in, email_opt_in IS NOT NULL AS opt_in_known
FROM customers
WHERE joined_at IS NOT NULL
