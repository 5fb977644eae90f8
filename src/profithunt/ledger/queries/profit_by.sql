/* ---
what = "Profit by one dimension, by order day or by the day each component happened."
--- */
SELECT X_PART(member) AS member, X_EACH(amounts, X_SUM(X_ITEM))
FROM dated_ledger
WHERE X_PART(period)
GROUP BY X_PART(member)
ORDER BY member
