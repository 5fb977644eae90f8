/* ---
what = "contacts"
grain = ["contact_id"]
[columns]
contact_id = "text | contact"
contacted_at = "timestamp | when"
customer_id = "text | customer"
order_id = "text | order"
medium = "text | medium"
reason = "text | reason"
minutes = "rate | minutes"
cost = "money | cost"
csat = "rate | satisfaction"
concession = "money | goodwill"
verbatim = "text | words"
--- */
SELECT CONCAT('T', CAST(100000000000 + MOD((a.order_no * 4 + a.contact_no) * 48271 + 23, 68719476731) AS TEXT)) AS contact_id,
       a.contacted_at,
       CASE WHEN NOT b.guest THEN CONCAT('C', CAST(100000000 + MOD(b.customer_no * 16807 + 7, 2147483647) AS TEXT)) END AS customer_id,
       CONCAT('O', CAST(10000000000 + MOD(a.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       a.medium, a.reason, a.minutes, a.cost, a.csat, a.concession,
       CASE a.reason WHEN 'where is my order' THEN 'It was promised for this week and has not come.'
                     WHEN 'damaged or lost parcel' THEN 'The parcel never arrived in one piece.'
                     WHEN 'return and refund' THEN 'When do I get my money back?' END AS verbatim
FROM asked AS a
INNER JOIN baskets AS b ON b.world = a.world AND b.order_no = a.order_no
