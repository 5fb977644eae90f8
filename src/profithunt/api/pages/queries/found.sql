/* ---
what = "Customers, orders, SKUs and slices whose name holds a text; the ones that begin with it first, then the biggest."
--- */
WITH named AS (
  SELECT 'customer' AS kind, customer_id AS id, '' AS name, cm3, net_sales
  FROM customer_profit WHERE REPLACE(LOWER(customer_id), $wanted, '') <> LOWER(customer_id)
  UNION ALL
  SELECT 'order' AS kind, order_id AS id, CAST(ordered_on AS TEXT) AS name, cm3, net_sales
  FROM order_profit WHERE REPLACE(LOWER(order_id), $wanted, '') <> LOWER(order_id)
  UNION ALL
  SELECT 'sku' AS kind, sku AS id, COALESCE(name, '') AS name, cm3, net_sales
  FROM sku_profit WHERE REPLACE(LOWER(sku), $wanted, '') <> LOWER(sku) OR REPLACE(LOWER(COALESCE(name, '')), $wanted, '') <> LOWER(COALESCE(name, ''))
  UNION ALL
  SELECT dimension AS kind, member AS id, '' AS name, cm3, net_sales
  FROM profit_slices WHERE REPLACE(LOWER(member), $wanted, '') <> LOWER(member) AND dimension <> 'month' AND member <> 'unallocated'
),
ranked AS (
  SELECT kind, id, name, cm3,
         ROW_NUMBER() OVER (
           PARTITION BY kind
           ORDER BY CASE WHEN LOWER(id) = $wanted THEN 0 WHEN SUBSTRING(LOWER(id), 1, LENGTH($wanted)) = $wanted THEN 1 ELSE 2 END,
                    net_sales DESC NULLS LAST, id ASC
         ) AS place
  FROM named
)
SELECT kind, id, name, cm3 FROM ranked WHERE place <= $most ORDER BY kind, place
