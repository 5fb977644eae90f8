/* ---
what = "Visits as they were, as far as their cost is concerned."
grain = ["visit_no"]
[columns]
visit_no = "int | visit"
customer_no = "int | customer"
order_no = "int | order"
keyword_no = "int | keyword"
term_no = "int | search term"
day_no = "int | day"
cost = "money | cost of the click"
--- */
SELECT visit_no, customer_no, order_no, keyword_no, term_no, day_no, COALESCE(cost, 0) AS cost FROM visits
