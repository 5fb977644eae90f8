/* ---
what = "carrier_capacity"
grain = ["on", "carrier", "region", "service"]
[columns]
"on" = "date | day"
carrier = "text | carrier"
region = "text | region"
capacity = "quantity | parcels"
service = "text | service"
--- */
WITH weekly AS (
  SELECT day_no, day, weekday, AVG(weight) OVER (ORDER BY day_no ROWS BETWEEN 28 PRECEDING AND CURRENT ROW) AS weight FROM days
)
SELECT d.day AS "on", c.carrier, r.region,
       CEIL(1 + $customers * 0.0062 * d.weight * c.share * r.share * 1.5) AS capacity,
       'standard' AS service
FROM weekly AS d
CROSS JOIN carriers AS c
CROSS JOIN regions AS r
WHERE d.day_no >= $n_days - $log_days
