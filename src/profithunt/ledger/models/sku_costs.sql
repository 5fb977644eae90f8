/* ---
what = "What one unit of each SKU costs where its own lines do not say, and from where that is known."
grain = ["sku"]
[columns]
sku = "text | SKU"
category = "text | category of the SKU"
unit_cost = "money | cost of one unit: the product's own, else the latest seen on a line or in stock"
cost_ratio = "rate | cost as a share of list sales, where no unit cost is known"
cost_source = "text | product, latest, category_ratio, shop_ratio or assumed"
list_price = "money | full price of one unit, as the product states it"
tax_rate = "rate | tax on the price, where the product states it"
weight_kg = "rate | weight of one unit"
--- */
WITH all_skus AS (
  SELECT sku FROM products
  UNION
  SELECT sku FROM order_lines GROUP BY sku
),
line_costs AS (
  SELECT order_lines.sku AS sku,
         COALESCE(order_lines.unit_cost, X_MONEY(X_DIV(order_lines.cost_amount, order_lines.quantity))) AS unit_cost,
         X_DIV(
           COALESCE(order_lines.cost_amount, X_TIMES(order_lines.quantity, order_lines.unit_cost)),
           COALESCE(order_lines.list_amount, order_lines.line_amount, X_TIMES(order_lines.quantity, order_lines.unit_price))
         ) AS ratio,
         order_lines.order_id AS order_id,
         order_lines.line_no AS line_no
  FROM order_lines
  WHERE (order_lines.unit_cost IS NOT NULL OR order_lines.cost_amount IS NOT NULL) AND order_lines.quantity > 0
),
needy AS (
  SELECT all_skus.sku AS sku
  FROM all_skus LEFT JOIN products ON products.sku = all_skus.sku
  WHERE products.unit_cost IS NULL
),
latest_line AS (
  SELECT line_costs.sku AS sku,
         line_costs.unit_cost AS unit_cost,
         ROW_NUMBER() OVER (
           PARTITION BY line_costs.sku ORDER BY orders.ordered_at DESC, line_costs.order_id DESC, line_costs.line_no DESC
         ) AS place
  FROM line_costs
  JOIN needy ON needy.sku = line_costs.sku
  JOIN orders ON orders.order_id = line_costs.order_id
),
latest_stock AS (
  SELECT stock.sku AS sku,
         stock.unit_cost AS unit_cost,
         ROW_NUMBER() OVER (
           PARTITION BY stock.sku ORDER BY stock.counted_on DESC, stock.place_id ASC NULLS FIRST, stock.unit_cost DESC
         ) AS place
  FROM stock
  JOIN needy ON needy.sku = stock.sku
  WHERE stock.unit_cost IS NOT NULL
),
-- Ratios matter only where a SKU has no unit cost from anywhere: medians over all lines are worked out for no less.
lacking AS (
  SELECT COUNT(*) AS n
  FROM needy
  LEFT JOIN latest_line ON latest_line.sku = needy.sku AND latest_line.place = 1 AND latest_line.unit_cost IS NOT NULL
  LEFT JOIN latest_stock ON latest_stock.sku = needy.sku AND latest_stock.place = 1
  WHERE latest_line.sku IS NULL AND latest_stock.sku IS NULL
),
wanted AS (
  SELECT all_skus.sku AS sku FROM all_skus JOIN lacking ON lacking.n > 0
),
line_ratios AS (
  SELECT line_costs.sku AS sku, X_PERCENTILE(line_costs.ratio, 0.5) AS ratio
  FROM line_costs JOIN wanted ON wanted.sku = line_costs.sku
  WHERE line_costs.ratio IS NOT NULL
  GROUP BY line_costs.sku
),
ratios AS (
  SELECT all_skus.sku AS sku,
         COALESCE(products.category, '') AS category,
         COALESCE(line_ratios.ratio, X_DIV(products.unit_cost, products.list_price)) AS ratio
  FROM all_skus
  LEFT JOIN products ON products.sku = all_skus.sku
  LEFT JOIN line_ratios ON line_ratios.sku = all_skus.sku
),
category_ratios AS (
  SELECT category, X_PERCENTILE(ratio, 0.5) AS ratio FROM ratios WHERE ratio IS NOT NULL AND category <> '' GROUP BY category
),
shop_ratio AS (
  SELECT X_PERCENTILE(ratio, 0.5) AS ratio FROM ratios WHERE ratio IS NOT NULL
)
SELECT all_skus.sku AS sku,
       products.category AS category,
       COALESCE(products.unit_cost, latest_line.unit_cost, latest_stock.unit_cost) AS unit_cost,
       CASE
         WHEN COALESCE(products.unit_cost, latest_line.unit_cost, latest_stock.unit_cost) IS NULL
           THEN COALESCE(category_ratios.ratio, shop_ratio.ratio, assumed_ratios.ratio, $assumed_ratio)
       END AS cost_ratio,
       CASE
         WHEN products.unit_cost IS NOT NULL THEN 'product'
         WHEN COALESCE(latest_line.unit_cost, latest_stock.unit_cost) IS NOT NULL THEN 'latest'
         WHEN category_ratios.ratio IS NOT NULL THEN 'category_ratio'
         WHEN shop_ratio.ratio IS NOT NULL THEN 'shop_ratio'
         ELSE 'assumed'
       END AS cost_source,
       products.list_price AS list_price,
       products.tax_rate AS tax_rate,
       products.weight_kg AS weight_kg
FROM all_skus
LEFT JOIN products ON products.sku = all_skus.sku
LEFT JOIN latest_line ON latest_line.sku = all_skus.sku AND latest_line.place = 1
LEFT JOIN latest_stock ON latest_stock.sku = all_skus.sku AND latest_stock.place = 1
LEFT JOIN category_ratios ON category_ratios.category = products.category
LEFT JOIN assumed_ratios ON assumed_ratios.category = products.category
CROSS JOIN shop_ratio
