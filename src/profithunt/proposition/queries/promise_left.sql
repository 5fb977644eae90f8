/* ---
what = "How many days carriers have to keep the promise, by region and service: from dispatch to the promised day."
grain = ["region", "service"]
[columns]
region = "text | region, else country, delivered to"
service = "text | service level, or all"
days = "rate | median of the days from dispatch to the promised day"
--- */
SELECT COALESCE(d.region, d.country, 'all') AS region, COALESCE(d.service, 'all') AS service,
       X_PERCENTILE(X_DAYS_BETWEEN(X_DAY(s.dispatched_at), d.promised_on), 0.5) AS days
FROM defect_parcels AS d
INNER JOIN shipments AS s ON s.shipment_id = d.shipment_id
WHERE s.dispatched_at IS NOT NULL AND d.promised_on IS NOT NULL
GROUP BY COALESCE(d.region, d.country, 'all'), COALESCE(d.service, 'all')
