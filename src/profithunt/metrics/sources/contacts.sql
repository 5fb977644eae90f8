/* ---
what = "One row per service contact."
grain = "service contact"
needs = ["contacts.contacted_at"]
dimensions = ["medium", "reason"]
live = ["sku", "channel"]
[columns]
order_id = "order, as an example to look at"
minutes = "handling time | contacts.minutes"
cost = "cost of the contact | contacts.cost"
csat = "satisfaction as scored | contacts.csat"
concession = "goodwill given | contacts.concession"
where_is_my_order = "the customer asked where the order is | contacts.reason"
about_an_order = "the contact names an order"
--- */
SELECT X_DAY(contacts.contacted_at) AS day,
       contacts.order_id AS order_id,
       contacts.medium AS medium,
       contacts.reason AS reason,
       contacts.sku AS sku,
       orders.channel AS channel,
       contacts.minutes AS minutes,
       contacts.cost AS cost,
       contacts.csat AS csat,
       contacts.concession AS concession,
       COALESCE(
         LOWER(contacts.reason) LIKE '%where%' OR LOWER(contacts.reason) LIKE '%wismo%'
         OR LOWER(contacts.reason) LIKE '%late%' OR LOWER(contacts.reason) LIKE '%delivery%', FALSE
       ) AS where_is_my_order,
       contacts.order_id IS NOT NULL AS about_an_order
FROM contacts
LEFT JOIN orders ON orders.order_id = contacts.order_id
WHERE contacts.contacted_at IS NOT NULL
