/* ---
what = "Parcels by region and month of the order: how many, what was promised, how many came late."
grain = ["region", "month"]
[columns]
region = "text | region, else country, delivered to"
month = "date | month of the order"
n_parcels = "int | parcels with a promised day"
promised_days = "int | sum of the days from order to promised day"
n_known = "int | parcels whose promised day is over"
n_late = "int | of them late"
--- */
SELECT COALESCE(region, country, 'all') AS region, X_MONTH(ordered_on) AS month, COUNT(*) AS n_parcels,
       SUM(X_DAYS_BETWEEN(ordered_on, promised_on)) AS promised_days,
       COUNT(late) AS n_known, SUM(COALESCE(late, 0)) AS n_late
FROM defect_parcels
WHERE promised_on IS NOT NULL AND ordered_on IS NOT NULL
GROUP BY COALESCE(region, country, 'all'), X_MONTH(ordered_on)
