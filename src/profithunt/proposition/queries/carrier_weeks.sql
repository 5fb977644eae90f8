/* ---
what = "Parcels handed over by week before the last day, carrier, service and region."
grain = ["weeks_ago", "carrier", "service", "region"]
[columns]
weeks_ago = "int | 0 for the seven days to the last one"
carrier = "text | carrier"
service = "text | service level, or all"
region = "text | region, else country, delivered to"
n_parcels = "int | parcels"
--- */
SELECT CAST(FLOOR(X_DIV(X_DAYS_BETWEEN("on", $until), 7)) AS BIGINT) AS weeks_ago, carrier, service, region,
       SUM(n_parcels) AS n_parcels
FROM carrier_days
WHERE "on" <= $until
GROUP BY CAST(FLOOR(X_DIV(X_DAYS_BETWEEN("on", $until), 7)) AS BIGINT), carrier, service, region
