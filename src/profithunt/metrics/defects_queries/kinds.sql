/* ---
what = "Opportunities and defects of each kind, within days; chosen are parcels or orders of one member."
--- */
SELECT 'late' AS kind, 'delivery' AS unit, COUNT(late) AS n_opportunities, COALESCE(SUM(late), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'early' AS kind, 'delivery' AS unit, COUNT(early) AS n_opportunities, COALESCE(SUM(early), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'failed_attempt' AS kind, 'delivery' AS unit, COUNT(failed_attempt) AS n_opportunities, COALESCE(SUM(failed_attempt), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'lost' AS kind, 'delivery' AS unit, COUNT(lost) AS n_opportunities, COALESCE(SUM(lost), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'damaged' AS kind, 'delivery' AS unit, COUNT(damaged) AS n_opportunities, COALESCE(SUM(damaged), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'missing_item' AS kind, 'delivery' AS unit, COUNT(missing_item) AS n_opportunities, COALESCE(SUM(missing_item), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'wrong_item' AS kind, 'delivery' AS unit, COUNT(wrong_item) AS n_opportunities, COALESCE(SUM(wrong_item), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'wrong_address' AS kind, 'delivery' AS unit, COUNT(wrong_address) AS n_opportunities, COALESCE(SUM(wrong_address), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'not_received' AS kind, 'delivery' AS unit, COUNT(not_received) AS n_opportunities, COALESCE(SUM(not_received), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'other' AS kind, 'delivery' AS unit, COUNT(other) AS n_opportunities, COALESCE(SUM(other), 0) AS n_defects FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'cancelled_by_retailer', 'order', COUNT(cancelled_by_retailer), COALESCE(SUM(cancelled_by_retailer), 0) FROM defect_orders WHERE ordered_on >= $first AND ordered_on <= $last AND X_PART(chosen)
UNION ALL
SELECT 'avoidable_contact', 'order', COUNT(avoidable_contact), COALESCE(SUM(avoidable_contact), 0) FROM defect_orders WHERE ordered_on >= $first AND ordered_on <= $last AND X_PART(chosen)
UNION ALL
SELECT 'late_by_timestamp', 'limit', COUNT(late_by_timestamp), COALESCE(SUM(late_by_timestamp), 0) FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'late_dispatch', 'limit', COUNT(late_dispatch), COALESCE(SUM(late_dispatch), 0) FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
UNION ALL
SELECT 'untracked', 'limit', COUNT(untracked), COALESCE(SUM(untracked), 0) FROM defect_parcels WHERE "on" >= $first AND "on" <= $last AND X_PART(chosen)
