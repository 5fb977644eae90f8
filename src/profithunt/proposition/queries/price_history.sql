/* ---
what = "The own price of a SKU and those of rivals over time: a row a change of the own price and a row a check."
grain = ["day", "seller", "own"]
[columns]
day = "date | day"
seller = "text | rival; empty for the shop itself"
own = "bool | the shop itself"
price = "money | price, like for like"
delivered = "rate | delivered price; null for the shop itself"
in_stock = "bool | could be bought; null for the shop itself"
--- */
SELECT checked_on AS day, competitor AS seller, FALSE AS own, price, delivered, in_stock
FROM rival_prices
WHERE sku = $sku AND X_PART(rival) AND checked_on > X_ADD_DAYS($as_of, -$days)
UNION ALL
SELECT GREATEST(starts_on, X_ADD_DAYS($as_of, 1 - $days)) AS day, '' AS seller, TRUE AS own, price,
       CAST(NULL AS DOUBLE) AS delivered, CAST(NULL AS BOOLEAN) AS in_stock
FROM own_prices
WHERE sku = $sku AND COALESCE(ends_on, $as_of) > X_ADD_DAYS($as_of, -$days)
ORDER BY day, own, seller
