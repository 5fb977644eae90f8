/* ---
what = "What each carrier can take a day, by service and region, lately and in each week ahead."
grain = ["weeks_ahead", "carrier", "service", "region"]
[columns]
weeks_ahead = "int | 1 for the seven days after the last one; 0 for the 91 days to it"
carrier = "text | carrier"
service = "text | service level; empty: all of them together"
region = "text | region; empty: all of them together"
capacity = "rate | parcels a day"
--- */
WITH room AS (
  SELECT CASE WHEN "on" > $until THEN CAST(FLOOR(X_DIV(X_DAYS_BETWEEN($until, "on") - 1, 7)) AS BIGINT) + 1 ELSE 0 END AS weeks_ahead,
         "on", carrier, COALESCE(service, '') AS service, COALESCE(region, '') AS region, SUM(CAST(capacity AS DOUBLE)) AS capacity
  FROM carrier_capacity
  WHERE "on" > X_ADD_DAYS($until, -91)
  GROUP BY CASE WHEN "on" > $until THEN CAST(FLOOR(X_DIV(X_DAYS_BETWEEN($until, "on") - 1, 7)) AS BIGINT) + 1 ELSE 0 END,
           "on", carrier, COALESCE(service, ''), COALESCE(region, '')
)
SELECT weeks_ahead, carrier, service, region, AVG(capacity) AS capacity
FROM room
GROUP BY weeks_ahead, carrier, service, region
