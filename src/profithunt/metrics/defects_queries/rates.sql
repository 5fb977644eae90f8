/* ---
what = "Deliveries, opportunities and defects of each member, or of each period, within days."
--- */
SELECT X_PART(member) AS member,
       SUM(n_parcels) AS n_parcels, SUM(n_failed) AS n_failed, SUM(n_open) AS n_open, SUM(n_late_already) AS n_late_already,
       SUM(n_opportunities) AS n_opportunities, SUM(n_defects) AS n_defects,
       SUM(n_orders) AS n_orders, SUM(n_orders_failed) AS n_orders_failed
FROM defect_days
WHERE "on" >= $first AND "on" <= $last AND X_PART(cut)
GROUP BY X_PART(member)
ORDER BY X_PART(member)
