/* ---
what = "Carrier × region: what a parcel costs and how often it comes late."
grain = ["lane_no"]
[columns]
lane_no = "int | carrier × 100 + region"
carrier_no = "int | carrier"
region_no = "int | region"
carrier = "text | carrier"
late = "rate | chance of a late parcel"
transit_days = "int | days on the way"
base = "rate | cost of a parcel"
per_kg = "rate | cost of a kilogram"
lost = "rate | chance that it is lost"
failed = "rate | chance that the first attempt fails"
zone = "text | price zone"
--- */
SELECT c.carrier_no * 100 + r.region_no AS lane_no,
       c.carrier_no,
       r.region_no,
       c.carrier,
       LEAST(c.late * CASE r.zone WHEN 'C' THEN 1.9 WHEN 'B' THEN 1.2 ELSE 1 END * EXP(0.22 * X_NORMAL('lane.late', c.carrier_no, r.region_no)), 0.15) AS late,
       r.transit_days,
       c.base * z.factor + z.surcharge AS base,
       c.per_kg,
       c.lost,
       c.failed,
       r.zone
FROM carriers AS c
CROSS JOIN regions AS r
INNER JOIN zones AS z ON z.zone = r.zone
