/* ---
what = "Parcels handed over by day."
grain = ["on"]
[columns]
on = "date | day"
n_parcels = "int | parcels"
--- */
SELECT "on", SUM(n_parcels) AS n_parcels FROM carrier_days WHERE "on" <= $until GROUP BY "on"
