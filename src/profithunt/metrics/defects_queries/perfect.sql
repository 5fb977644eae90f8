/* ---
what = "Orders of which all was right, and what went wrong with the rest, within days of the order."
--- */
SELECT COUNT(*) AS n_all, COUNT(failed) AS n_known, COALESCE(SUM(failed), 0) AS n_failed,
       COUNT(CASE WHEN failed IS NULL AND n_open > 0 THEN 1 END) AS n_open,
       COUNT(CASE WHEN failed = 1 AND customer_id IS NULL THEN 1 END) AS n_failed_guests,
       COUNT(late) AS n_late, COALESCE(SUM(late), 0) AS d_late,
       COUNT(early) AS n_early, COALESCE(SUM(early), 0) AS d_early,
       COUNT(failed_attempt) AS n_failed_attempt, COALESCE(SUM(failed_attempt), 0) AS d_failed_attempt,
       COUNT(lost) AS n_lost, COALESCE(SUM(lost), 0) AS d_lost,
       COUNT(damaged) AS n_damaged, COALESCE(SUM(damaged), 0) AS d_damaged,
       COUNT(missing_item) AS n_missing_item, COALESCE(SUM(missing_item), 0) AS d_missing_item,
       COUNT(wrong_item) AS n_wrong_item, COALESCE(SUM(wrong_item), 0) AS d_wrong_item,
       COUNT(wrong_address) AS n_wrong_address, COALESCE(SUM(wrong_address), 0) AS d_wrong_address,
       COUNT(not_received) AS n_not_received, COALESCE(SUM(not_received), 0) AS d_not_received,
       COUNT(other) AS n_other, COALESCE(SUM(other), 0) AS d_other,
       COUNT(cancelled_by_retailer) AS n_cancelled_by_retailer, COALESCE(SUM(cancelled_by_retailer), 0) AS d_cancelled_by_retailer,
       COUNT(avoidable_contact) AS n_avoidable_contact, COALESCE(SUM(avoidable_contact), 0) AS d_avoidable_contact
FROM defect_orders
WHERE ordered_on >= $first AND ordered_on <= $last AND X_PART(chosen)
