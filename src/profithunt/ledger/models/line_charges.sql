/* ---
what = "What happened to a line by itself after it was sold: its own parcel, returns, refunds, contacts, concessions."
grain = ["order_id", "line_no"]
empty_with = ["return_lines", "service_lines", "parcel_lines"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
line_no = "int | line"
units_returned = "quantity | units returned"
units_resaleable = "quantity | units back in stock at full value"
refund = "money | paid back, taxed as booked"
difference = "money | currency difference of refunds"
unpriced_units = "quantity | units whose refund nobody stated"
return_costs = "money | carriage and handling of returns"
service = "money | contacts about this line"
concessions = "money | goodwill and defects of this line"
carrier = "text | carrier of the parcel that the line names, where the order has several"
carriage = "money | share of that parcel's cost"
returned_on = "date | day of the last return"
contacted_on = "date | day of the last contact or defect"
--- */
WITH charges AS (
  SELECT order_id, line_no, units AS units_returned, units_resaleable, refund, difference, unpriced_units,
         costs AS return_costs, X_MONEY(0) AS service, X_MONEY(0) AS concessions,
         CAST(NULL AS TEXT) AS carrier, X_MONEY(0) AS carriage, returned_on, CAST(NULL AS DATE) AS contacted_on
  FROM return_lines WHERE level = 'line'
  UNION ALL
  SELECT order_id, line_no, X_QUANTITY(0), X_QUANTITY(0), X_MONEY(0), X_MONEY(0), X_QUANTITY(0), X_MONEY(0), service, concessions,
         NULL, X_MONEY(0), NULL, happened_on
  FROM service_lines WHERE level = 'line'
  UNION ALL
  SELECT order_id, line_no, X_QUANTITY(0), X_QUANTITY(0), X_MONEY(0), X_MONEY(0), X_QUANTITY(0), X_MONEY(0), X_MONEY(0), X_MONEY(0),
         carrier, carriage, NULL, NULL
  FROM parcel_lines
)
SELECT order_id, line_no,
       SUM(units_returned) AS units_returned,
       SUM(units_resaleable) AS units_resaleable,
       SUM(refund) AS refund,
       SUM(difference) AS difference,
       SUM(unpriced_units) AS unpriced_units,
       SUM(return_costs) AS return_costs,
       SUM(service) AS service,
       SUM(concessions) AS concessions,
       MAX(carrier) AS carrier,
       SUM(carriage) AS carriage,
       MAX(returned_on) AS returned_on,
       MAX(contacted_on) AS contacted_on
FROM charges
GROUP BY order_id, line_no
