/* ---
what = "The first day with an order, up to a day."
grain = []
[columns]
first_on = "date | first day"
--- */
SELECT MIN(ordered_on) AS first_on FROM order_profit WHERE ordered_on <= $until
