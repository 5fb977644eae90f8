/* ---
what = "Parcels: where from, by whom, when promised, when there, at what cost, what went wrong."
grain = ["world", "order_no", "parcel_no"]
[columns]
world = "text | world"
order_no = "int | order"
parcel_no = "int | 0 or 1"
n_parcels = "int | parcels of the order"
carrier_no = "int | carrier"
lane_no = "int | lane"
origin_no = "int | warehouse"
zone = "text | price zone"
ordered_at = "timestamp | when ordered"
day_no = "int | day of the order"
dispatched_on = "date | dispatched"
due_on = "date | to be dispatched by"
promised_on = "date | promised for"
delivered_on = "date | delivered; null where lost"
arrived_no = "int | day of delivery"
attempts = "int | delivery attempts"
shipping_cost = "rate | by the rate card"
billed_cost = "rate | as billed"
weight_kg = "rate | weight"
late = "bool | later than promised"
lost = "bool | lost"
damaged = "bool | damaged"
--- */
WITH sent AS (
  SELECT b.world, b.order_no, b.ordered_at, b.day_no, b.day, b.region_no, b.postcode_no, b.carrier_no, b.delivery, b.origin_no,
         o.weight_kg, o.n_lines,
         CASE WHEN o.n_lines > 1 AND X_UNIFORM('parcel.split', b.order_no)
                   < CASE WHEN ol.problem <> b.world THEN ol.strength ELSE 0.05 END THEN 2 ELSE 1 END AS n_parcels,
         X_UNIFORM('parcel.split.place', b.order_no) < CASE WHEN ol.problem <> b.world THEN 1.0 ELSE 0.06 END AS one_place,
         X_UNIFORM('parcel.dispatch', b.order_no) AS u
  FROM baskets AS b
  INNER JOIN bought AS o ON o.world = b.world AND o.order_no = b.order_no
  LEFT JOIN levers AS ol ON ol.family = 'origin' AND ol.member_no = b.origin_no AND b.day_no >= ol.starts_no AND b.day_no <= ol.ends_no
  WHERE b.channel <> 'store' AND b.delivery <> 'click and collect' AND NOT o.cancelled_all
),
split AS (
  SELECT s.world, s.order_no, n.n AS parcel_no, s.n_parcels, s.ordered_at, s.day_no, s.day, s.region_no, s.postcode_no, s.carrier_no,
         s.delivery, s.u,
         CASE WHEN n.n = 1 AND NOT s.one_place THEN 1 - s.origin_no ELSE s.origin_no END AS origin_no,
         ROUND(s.weight_kg / s.n_parcels, 3) AS weight_kg
  FROM sent AS s
  INNER JOIN numbers AS n ON n.n < s.n_parcels
  WHERE n.n < 2
),
laned AS (
  SELECT s.world, s.order_no, s.parcel_no, s.n_parcels, s.ordered_at, s.day_no, s.day, s.region_no, s.postcode_no, s.delivery, s.origin_no,
         s.weight_kg, l.lane_no, l.carrier_no, l.zone, l.transit_days, l.base, l.per_kg, l.lost AS lost_share,
         CASE WHEN s.u < 0.72 THEN 1 WHEN s.u < 0.97 THEN 2 ELSE 3 END AS dispatch_days,
         CASE WHEN s.delivery = 'express' THEN 1 ELSE l.transit_days END AS way_days,
         LEAST(CASE WHEN ll.lever = 'late_lane' AND ll.problem <> s.world THEN ll.strength ELSE l.late END
               * CASE WHEN d.event = 'Black week' THEN 1.6 ELSE 1 END
               + CASE WHEN wl.problem <> s.world THEN wl.strength ELSE 0 END
               + CASE WHEN vl.lever = 'failed' AND vl.problem <> s.world THEN 0.85 ELSE 0 END, 0.95) AS late_share,
         CASE WHEN pl.problem <> s.world THEN pl.strength ELSE l.failed END AS failed_share,
         CASE WHEN rl.lever = 'slow_promise' AND rl.problem <> s.world THEN rl.strength ELSE 0 END AS promise_more,
         CASE WHEN bl.lever = 'overbilled' AND bl.problem <> s.world THEN bl.strength ELSE 0 END AS billed_more,
         CASE WHEN zl.problem <> s.world THEN zl.strength ELSE 0 END AS zone_more
  FROM split AS s
  INNER JOIN lanes AS l ON l.lane_no = s.carrier_no * 100 + s.region_no
  INNER JOIN days AS d ON d.day_no = s.day_no
  LEFT JOIN levers AS ll ON ll.family = 'lane' AND ll.member_no = l.lane_no AND s.day_no >= ll.starts_no AND s.day_no <= ll.ends_no
  LEFT JOIN levers AS pl ON pl.family = 'postcode' AND pl.member_no = s.postcode_no AND s.day_no >= pl.starts_no AND s.day_no <= pl.ends_no
  LEFT JOIN levers AS rl ON rl.family = 'region' AND rl.member_no = s.region_no AND s.day_no >= rl.starts_no AND s.day_no <= rl.ends_no
  LEFT JOIN levers AS bl ON bl.family = 'bill' AND bl.member_no = l.carrier_no AND s.day_no >= bl.starts_no AND s.day_no <= bl.ends_no
  LEFT JOIN levers AS zl ON zl.family = 'zone' AND l.zone = 'C' AND s.day_no >= zl.starts_no AND s.day_no <= zl.ends_no
  LEFT JOIN levers AS wl ON wl.family = 'late_week' AND wl.member_no = l.carrier_no AND s.day_no >= wl.starts_no AND s.day_no <= wl.ends_no
  LEFT JOIN levers AS vl ON vl.family = 'customer' AND vl.member_no = FLOOR(s.order_no / 256) AND s.day_no >= vl.starts_no AND s.day_no <= vl.ends_no
),
fated AS (
  SELECT world, order_no, parcel_no, n_parcels, lane_no, carrier_no, zone, origin_no, ordered_at, day_no, day, weight_kg,
         dispatch_days, way_days, promise_more, billed_more,
         X_UNIFORM('parcel.late', order_no, parcel_no) < late_share AS late,
         X_UNIFORM('parcel.lost', order_no, parcel_no) < lost_share AS lost,
         X_UNIFORM('parcel.damaged', order_no, parcel_no) < 0.004 AS damaged,
         CASE WHEN X_UNIFORM('parcel.failed', order_no, parcel_no) < failed_share THEN 2 ELSE 1 END AS attempts,
         1 + FLOOR(-1.1 * LN(X_UNIFORM('parcel.late.days', order_no, parcel_no))) AS late_days,
         X_DRAW(3, 'parcel.early', order_no, parcel_no) AS early_days,
         ROUND(base + per_kg * weight_kg + zone_more
           + CASE WHEN X_UNIFORM('parcel.failed', order_no, parcel_no) < failed_share THEN $second_attempt ELSE 0 END + CASE WHEN way_days = 1 AND delivery = 'express' THEN 2.6 ELSE 0 END, 2) AS shipping_cost,
         X_UNIFORM('parcel.billed', order_no, parcel_no) AS billed_u
  FROM laned
)
SELECT world, order_no, parcel_no, n_parcels, carrier_no, lane_no, origin_no, zone, ordered_at, day_no,
       X_ADD_DAYS(day, dispatch_days) AS dispatched_on,
       X_ADD_DAYS(day, 2) AS due_on,
       X_ADD_DAYS(day, 1 + way_days + 2 + promise_more) AS promised_on,
       CASE WHEN NOT lost THEN X_ADD_DAYS(day, CASE WHEN late THEN 3 + way_days + promise_more + late_days
                                 ELSE GREATEST(dispatch_days + 1, 3 + way_days - early_days) END) END AS delivered_on,
       day_no + CASE WHEN late THEN 3 + way_days + promise_more + late_days ELSE GREATEST(dispatch_days + 1, 3 + way_days - early_days) END AS arrived_no,
       attempts, shipping_cost,
       ROUND(CASE WHEN billed_more > 0 AND billed_u < 0.5 THEN shipping_cost * (1 + billed_more)
                  WHEN billed_u > 0.995 THEN shipping_cost + 0.9 ELSE shipping_cost END, 2) AS billed_cost,
       weight_kg, late, lost, damaged
FROM fated
