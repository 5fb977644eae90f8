/* ---
what = "Each way to cut the ledger: how many members it has and what they add up to, the unallocated rest included."
--- */
SELECT dimension, COUNT(*) AS members, X_EACH(amounts, X_SUM(X_ITEM))
FROM profit_slices
GROUP BY dimension
UNION ALL
SELECT 'order', COUNT(*), X_EACH(amounts, X_SUM(X_ITEM))
FROM (
  SELECT X_EACH(amounts, X_ITEM) FROM order_profit
  UNION ALL
  SELECT X_EACH(amounts, X_SUM(X_ITEM)) FROM ledger WHERE order_id IS NULL HAVING COUNT(*) > 0
) AS orders_and_rest
UNION ALL
SELECT 'customer', COUNT(*), X_EACH(amounts, X_SUM(X_ITEM))
FROM (
  SELECT X_EACH(amounts, X_ITEM) FROM customer_profit
  UNION ALL
  SELECT X_EACH(amounts, X_SUM(X_ITEM)) FROM ledger WHERE customer_id IS NULL HAVING COUNT(*) > 0
) AS customers_and_rest
UNION ALL
SELECT 'sku', COUNT(*), X_EACH(amounts, X_SUM(X_ITEM))
FROM (
  SELECT X_EACH(amounts, X_ITEM) FROM sku_profit
  UNION ALL
  SELECT X_EACH(amounts, X_SUM(X_ITEM)) FROM ledger WHERE sku IS NULL HAVING COUNT(*) > 0
) AS skus_and_rest
