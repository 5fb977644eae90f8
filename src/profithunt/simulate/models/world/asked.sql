/* ---
what = "Service contacts and what caused them."
grain = ["world", "order_no", "contact_no"]
[columns]
world = "text | world"
order_no = "int | order"
contact_no = "int | 0 by itself, 1 about delivery, 2 about a return"
contacted_no = "int | day of it"
contacted_at = "timestamp | when"
reason = "text | reason"
medium = "text | medium"
minutes = "rate | handling time"
cost = "money | cost"
csat = "rate | satisfaction, 1 to 5"
concession = "money | goodwill"
--- */
WITH troubled AS (
  SELECT p.world, p.order_no, MAX(CASE WHEN p.late THEN 1 ELSE 0 END) AS late, MAX(CASE WHEN p.lost OR p.damaged THEN 1 ELSE 0 END) AS spoilt,
         MAX(p.attempts) AS attempts, MIN(p.carrier_no) AS carrier_no,
         MIN(X_DAYS_BETWEEN(CAST(p.ordered_at AS DATE), p.promised_on)) AS promised_days
  FROM parcels AS p
  GROUP BY p.world, p.order_no
),
returned AS (
  SELECT world, order_no, MIN(returned_no) AS returned_no FROM sent_back GROUP BY world, order_no
),
chances AS (
  SELECT b.world, b.order_no, b.day, b.day_no,
         $contact_share * b.asking + CASE WHEN cl.lever = 'asks' AND cl.problem <> b.world THEN cl.strength ELSE 0 END AS by_itself,
         CASE WHEN cl.lever = 'asks' AND cl.problem <> b.world THEN 3 ELSE 1 END AS long,
         CASE WHEN t.order_no IS NULL THEN 0
              ELSE CASE WHEN t.spoilt = 1 THEN $contact_if_lost WHEN t.late = 1 THEN $contact_if_late * LEAST(b.asking, 2) ELSE 0 END
                   + CASE WHEN t.attempts > 1 THEN $contact_if_failed ELSE 0 END
                   + CASE WHEN al.problem <> b.world THEN al.strength ELSE 0 END END AS about_delivery,
         CASE WHEN r.order_no IS NULL THEN 0 ELSE $contact_if_returned * b.asking END AS about_return,
         COALESCE(t.promised_days, 1) AS promised_days, COALESCE(t.late, 0) AS late, COALESCE(t.spoilt, 0) AS spoilt, r.returned_no
  FROM baskets AS b
  INNER JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
  LEFT JOIN troubled AS t ON t.world = b.world AND t.order_no = b.order_no
  LEFT JOIN returned AS r ON r.world = b.world AND r.order_no = b.order_no
  LEFT JOIN levers AS cl ON cl.family = 'customer' AND cl.member_no = b.customer_no AND b.day_no >= cl.starts_no AND b.day_no <= cl.ends_no
  LEFT JOIN levers AS al ON al.family = 'asked' AND al.member_no = t.carrier_no AND b.day_no >= al.starts_no AND b.day_no <= al.ends_no
),
happened AS (
  SELECT c.world, c.order_no, n.n AS contact_no, c.day, c.late, c.spoilt, CASE n.n WHEN 0 THEN c.long ELSE 1 END AS long,
         CASE n.n WHEN 0 THEN c.day_no + X_DRAW(4, 'contact.wait', c.order_no)
                  WHEN 1 THEN c.day_no + c.promised_days + 1
                  ELSE c.returned_no + 1 END AS contacted_no,
         c.day_no
  FROM chances AS c
  INNER JOIN numbers AS n ON n.n < 3
  WHERE n.n < 3
    AND X_UNIFORM('contact', c.order_no, n.n) < CASE n.n WHEN 0 THEN c.by_itself WHEN 1 THEN c.about_delivery ELSE c.about_return END
)
SELECT world, order_no, contact_no, contacted_no,
       X_ADD_SECONDS(CAST(X_ADD_DAYS(day, CAST(contacted_no - day_no AS INT)) AS TIMESTAMP),
         79200 + X_DRAW(7100, 'contact.second', order_no, contact_no)) AS contacted_at,
       CASE contact_no WHEN 0 THEN CASE X_DRAW(3, 'contact.reason', order_no) WHEN 0 THEN 'question about a product' WHEN 1 THEN 'payment' ELSE 'change of order' END
            WHEN 1 THEN CASE WHEN spoilt = 1 THEN 'damaged or lost parcel' ELSE 'where is my order' END
            ELSE 'return and refund' END AS reason,
       CASE WHEN X_UNIFORM('contact.medium', order_no, contact_no) < 0.45 THEN 'e-mail'
            WHEN X_UNIFORM('contact.medium', order_no, contact_no) < 0.75 THEN 'chat' ELSE 'phone' END AS medium,
       ROUND(long * (2 - 4 * LN(X_UNIFORM('contact.minutes', order_no, contact_no))), 1) AS minutes,
       ROUND($minute_cost * ROUND(long * (2 - 4 * LN(X_UNIFORM('contact.minutes', order_no, contact_no))), 1), 2) AS cost,
       GREATEST(LEAST(5 - contact_no + X_DRAW(2, 'contact.csat', order_no, contact_no) - 2 * late, 5), 1) AS csat,
       CASE WHEN contact_no = 1 AND (late = 1 OR spoilt = 1) AND X_UNIFORM('contact.goodwill', order_no) < $concession_if_late THEN $concession
            ELSE 0 END AS concession
FROM happened
WHERE contacted_no < $n_days
