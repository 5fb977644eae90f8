/* ---
what = "Sums of each part of the ledger by what only lines have: carrier and promotion."
grain = ["carrier", "promo_id"]
include = ["amounts"]
by_part = "ledger"
[columns]
carrier = "text | carrier"
promo_id = "text | promotion"
--- */
SELECT carrier, promo_id, X_EACH(amounts, X_SUM(X_ITEM)) FROM ledger GROUP BY carrier, promo_id
