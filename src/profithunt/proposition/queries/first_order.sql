/* ---
what = "The first day with an order in a span of days."
grain = []
[columns]
first_on = "date | first day"
--- */
SELECT MIN(ordered_on) AS first_on FROM order_profit WHERE ordered_on > $since AND ordered_on <= $until
