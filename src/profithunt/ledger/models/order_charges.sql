/* ---
what = "What happened to an order as a whole after it was placed: refunds, contacts, concessions, loyalty."
grain = ["order_id"]
empty_with = ["return_lines", "service_lines", "loyalty_costs"]
working = true
dirty_key = "order_id"
[columns]
order_id = "text | order"
refund = "money | paid back on the whole order, taxed as booked"
difference = "money | currency difference of refunds"
return_costs = "money | carriage and handling of returns"
service = "money | contacts about the order"
concessions = "money | goodwill and defects of the order"
loyalty = "money | expected cost of credits earned"
returned_on = "date | day of the last return"
contacted_on = "date | day of the last contact or defect"
--- */
WITH charges AS (
  SELECT order_id, refund, difference, costs AS return_costs, X_MONEY(0) AS service, X_MONEY(0) AS concessions,
         X_MONEY(0) AS loyalty, returned_on, CAST(NULL AS DATE) AS contacted_on
  FROM return_lines WHERE level = 'order'
  UNION ALL
  SELECT order_id, X_MONEY(0), X_MONEY(0), X_MONEY(0), service, concessions, X_MONEY(0), NULL, happened_on
  FROM service_lines WHERE level = 'order'
  UNION ALL
  SELECT order_id, X_MONEY(0), X_MONEY(0), X_MONEY(0), X_MONEY(0), X_MONEY(0), loyalty, NULL, NULL
  FROM loyalty_costs WHERE order_id IS NOT NULL
)
SELECT order_id,
       SUM(refund) AS refund,
       SUM(difference) AS difference,
       SUM(return_costs) AS return_costs,
       SUM(service) AS service,
       SUM(concessions) AS concessions,
       SUM(loyalty) AS loyalty,
       MAX(returned_on) AS returned_on,
       MAX(contacted_on) AS contacted_on
FROM charges
GROUP BY order_id
