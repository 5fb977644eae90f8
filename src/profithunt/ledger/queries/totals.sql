/* ---
what = "The whole ledger in one row."
--- */
SELECT COUNT(*) AS n_rows, X_EACH(amounts, X_SUM(X_ITEM)) FROM ledger
