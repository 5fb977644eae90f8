/* ---
what = "The last price of each competitor for one SKU, delivered."
--- */
WITH last_checks AS (
  SELECT competitor, price, shipping, delivery_days, in_stock, checked_at,
         ROW_NUMBER() OVER (PARTITION BY competitor ORDER BY checked_at DESC) AS place
  FROM competitor_prices
  WHERE sku = $sku
)
SELECT competitor, price, shipping, price + COALESCE(shipping, CAST(0 AS DECIMAL(18, 4))) AS delivered, delivery_days,
       CASE WHEN in_stock THEN 'yes' WHEN NOT in_stock THEN 'no' END AS in_stock, CAST(checked_at AS DATE) AS checked_on
FROM last_checks
WHERE place = 1
ORDER BY delivered
