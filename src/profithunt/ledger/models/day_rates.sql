/* ---
what = "Cost rates in force on each day that anything happened, for the whole shop and for each member that has its own."
grain = ["day", "dimension", "member"]
[columns]
day = "date | day in the shop's time zone"
dimension = "text | empty for the whole shop, else channel, store, country, payment_method, carrier or currency"
member = "text | member of the dimension, empty for the whole shop"
pick = "rate | cost per line"
pack = "rate | cost per parcel"
receive = "rate | cost per unit"
storage = "rate | cost per unit and day"
return_handling = "rate | cost per returned unit"
return_carriage = "rate | cost per return"
contact = "rate | cost per contact"
contact_minute = "rate | cost per minute of contact"
payment_share = "rate | share of what is paid"
payment_fixed = "rate | cost per payment"
marketplace_share = "rate | share of net value"
parcel = "rate | cost per parcel where the shipment states none"
loyalty_redemption = "rate | cost per credit"
exchange = "rate | shop currency per unit of the member currency"
--- */
WITH days AS (
  SELECT X_DAY(ordered_at) AS day FROM orders WHERE ordered_at IS NOT NULL GROUP BY 1
  UNION
  SELECT X_DAY(returned_at) AS day FROM returns WHERE returned_at IS NOT NULL GROUP BY 1
  UNION
  SELECT X_DAY(contacted_at) AS day FROM contacts WHERE contacted_at IS NOT NULL GROUP BY 1
  UNION
  SELECT X_DAY(dispatched_at) AS day FROM shipments WHERE dispatched_at IS NOT NULL GROUP BY 1
  UNION
  SELECT X_DAY(moved_at) AS day FROM loyalty WHERE moved_at IS NOT NULL GROUP BY 1
  UNION
  SELECT counted_on AS day FROM stock WHERE counted_on IS NOT NULL GROUP BY 1
),
in_force AS (
  SELECT days.day AS day,
         COALESCE(rates.dimension, '') AS dimension,
         COALESCE(rates.member, '') AS member,
         rates.kind AS kind,
         rates.rate AS rate,
         ROW_NUMBER() OVER (
           PARTITION BY days.day, COALESCE(rates.dimension, ''), COALESCE(rates.member, ''), rates.kind
           ORDER BY rates.starts_on DESC NULLS LAST, rates.ends_on ASC NULLS LAST, rates.rate DESC
         ) AS place
  FROM rates
  JOIN days ON days.day >= COALESCE(rates.starts_on, days.day) AND days.day <= COALESCE(rates.ends_on, days.day)
)
SELECT day,
       dimension,
       member,
       X_EACH(rate_kinds, MAX(CASE WHEN kind = 'X_ITEM' THEN rate END))
FROM in_force
WHERE place = 1
GROUP BY day, dimension, member
