/* ---
what = "The SKUs that taste is learnt of, and which of them lie in stock for far longer than the rest."
grain = ["item"]
working = true
[columns]
item = "int | number of the SKU, from 0"
sku = "text | SKU"
overstocked = "bool | days of cover above the 90th percentile of the SKUs in stock, or among the 500 with most units beyond a quarter's; false where stock is not known"
--- */
WITH sold AS (
  SELECT sku,
         COUNT(*) AS n_lines,
         SUM(CASE WHEN ordered_on > X_ADD_DAYS($until, -56) THEN CAST(units AS DOUBLE) ELSE 0 END) / 56 AS pace
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND sku IS NOT NULL AND customer_id IS NOT NULL
    AND ordered_on > $since AND ordered_on <= $until
  GROUP BY sku
),
counted AS (
  SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $until GROUP BY sku
),
held AS (
  SELECT s.sku, SUM(CAST(s.on_hand AS DOUBLE)) AS on_hand
  FROM stock AS s
  INNER JOIN counted AS c ON c.sku = s.sku AND c.counted_on = s.counted_on
  GROUP BY s.sku
),
cover AS (
  SELECT s.sku, h.on_hand / GREATEST(s.pace, 1.0 / 56) AS days,
         ROW_NUMBER() OVER (ORDER BY h.on_hand - s.pace * 91 DESC, s.sku) AS place
  FROM sold AS s
  INNER JOIN held AS h ON h.sku = s.sku
  WHERE h.on_hand >= $least_on_hand
),
high AS (
  SELECT X_PERCENTILE(days, 0.9) AS days FROM cover
)
SELECT ROW_NUMBER() OVER (ORDER BY s.n_lines DESC, s.sku) - 1 AS item,
       s.sku AS sku,
       COALESCE(c.days >= h.days OR (c.days > 91 AND c.place <= 500), FALSE) AS overstocked
FROM sold AS s
CROSS JOIN high AS h
LEFT JOIN cover AS c ON c.sku = s.sku
