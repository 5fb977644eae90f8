/* ---
what = "Small samples that look terrible by chance: SKUs of which few lines were sold and many of these came back, though nothing is wrong with them."
grain = ["sku"]
[columns]
sku = "text | SKU"
n_lines = "int | lines"
n_back = "int | lines that came back"
expected = "rate | share that comes back in truth"
--- */
WITH counted AS (
  SELECT sku_no, SUM(n_lines) AS n_lines, SUM(n_back) AS n_back FROM sold_days GROUP BY sku_no
),
placed AS (
  SELECT k.sku, c.n_lines, c.n_back, k.returned,
         ROW_NUMBER() OVER (ORDER BY X_DIV(c.n_back, c.n_lines) - k.returned DESC, k.sku) AS place
  FROM counted AS c
  INNER JOIN skus AS k ON k.sku_no = c.sku_no
  LEFT JOIN levers AS l ON l.family = 'sku' AND l.member_no = c.sku_no
  WHERE l.problem IS NULL AND c.n_lines >= 5 AND c.n_lines <= 18 AND X_DIV(c.n_back, c.n_lines) > 1.5 * k.returned
)
SELECT sku, n_lines, n_back, returned AS expected FROM placed WHERE place <= 5
