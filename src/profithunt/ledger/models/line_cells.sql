/* ---
what = "Sums of each part of the ledger by what only lines have: carrier and promotion."
grain = ["carrier", "promo_id"]
include = ["amounts"]
by_part = "ledger"
[columns]
carrier = "text | carrier"
promo_id = "text | promotion"
--- */
WITH summed AS (
  SELECT carrier, promo_id, X_EACH(components, X_MONEY(X_SUM(X_ITEM))) FROM ledger GROUP BY carrier, promo_id
)
SELECT carrier, promo_id,
       X_EACH(components, X_ITEM),
       X_PLUS(net_sales_parts) AS net_sales,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) AS cm1,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) AS cm2,
       X_PLUS(net_sales_parts) + X_PLUS(cm1_parts) + X_PLUS(cm2_parts) + X_PLUS(cm3_parts) AS cm3
FROM summed
