/* ---
what = "What each promotion is about: categories, subcategories or SKUs of which a good part is sold under it, else what it was used on."
grain = ["promo_id", "half", "sku"]
working = true
[columns]
promo_id = "text | promotion"
sku = "text | SKU"
category = "text | its category"
half = "int | half of the customers that this holds for"
level = "text | category, subcategory, sku; wide where nothing is mostly sold under it: what the other half of the customers used it on"
--- */
WITH sold AS (
  SELECT runs.promo_id AS promo_id, ledger.sku AS sku, SUM(CAST(ledger.units AS DOUBLE)) AS units
  FROM promotion_runs AS runs
  JOIN ledger ON ledger.ordered_on >= runs.first_on AND ledger.ordered_on <= runs.last_on
  WHERE ledger.entry = 'line' AND ledger.units > 0
  GROUP BY runs.promo_id, ledger.sku
),
used AS (
  SELECT runs.promo_id AS promo_id, lines.sku AS sku, SUM(lines.units) AS units
  FROM promotion_runs AS runs
  JOIN promotion_lines AS lines
    ON lines.promo_id = runs.promo_id AND lines.ordered_on >= runs.first_on AND lines.ordered_on <= runs.last_on
  GROUP BY runs.promo_id, lines.sku
),
reached AS (
  SELECT sold.promo_id AS promo_id, sold.sku AS sku, products.category AS category,
         COALESCE(products.subcategory, products.category) AS subcategory,
         sold.units AS units, COALESCE(used.units, 0) AS under
  FROM sold
  LEFT JOIN used ON used.promo_id = sold.promo_id AND used.sku = sold.sku
  LEFT JOIN products ON products.sku = sold.sku
),
categories AS (
  SELECT promo_id, category, SUM(units) AS units, SUM(under) AS under
  FROM reached
  WHERE category IS NOT NULL
  GROUP BY promo_id, category
),
subcategories AS (
  SELECT promo_id, category, subcategory, SUM(units) AS units, SUM(under) AS under
  FROM reached
  WHERE category IS NOT NULL
  GROUP BY promo_id, category, subcategory
),
in_categories AS (
  SELECT promo_id,
         SUM(CASE WHEN under >= $reached_share * units THEN under ELSE 0 END) AS under,
         X_DIV(SUM(CASE WHEN under >= $reached_share * units THEN under END),
               SUM(CASE WHEN under >= $reached_share * units THEN units END)) AS share
  FROM categories
  GROUP BY promo_id
),
in_subcategories AS (
  SELECT promo_id, SUM(CASE WHEN under >= $reached_share * units THEN under ELSE 0 END) AS under
  FROM subcategories
  GROUP BY promo_id
),
in_skus AS (
  SELECT promo_id, SUM(under) AS under_all,
         SUM(CASE WHEN under >= 0.8 * units AND under >= $min_units THEN under ELSE 0 END) AS under_mostly,
         SUM(CASE WHEN under >= $reached_share * units AND under >= $min_units THEN under ELSE 0 END) AS under
  FROM reached
  GROUP BY promo_id
),
levels AS (
  SELECT skus.promo_id AS promo_id, skus.under_all AS under_all,
         CASE
           -- A few SKUs sold under it throughout, the rest of the category hardly: theirs is the promotion.
           WHEN skus.under_mostly >= 0.8 * skus.under_all AND COALESCE(categories.share, 0) < 0.5 THEN 'sku'
           WHEN categories.under >= 0.5 * skus.under_all THEN 'category'
           WHEN subcategories.under >= 0.5 * skus.under_all THEN 'subcategory'
           WHEN skus.under >= 0.5 * skus.under_all THEN 'sku'
           ELSE 'wide'
         END AS level
  FROM in_skus AS skus
  LEFT JOIN in_categories AS categories ON categories.promo_id = skus.promo_id
  LEFT JOIN in_subcategories AS subcategories ON subcategories.promo_id = skus.promo_id
  WHERE skus.under_all > 0
),
halves AS (
  SELECT 0 AS half UNION ALL SELECT 1
),
of_all AS (
  SELECT levels.promo_id AS promo_id, products.sku AS sku, products.category AS category, levels.level AS level
  FROM levels
  JOIN categories ON categories.promo_id = levels.promo_id AND categories.under >= $reached_share * categories.units
  JOIN products ON products.category = categories.category
  WHERE levels.level = 'category'
  UNION ALL
  SELECT levels.promo_id, products.sku, products.category, levels.level
  FROM levels
  JOIN subcategories
    ON subcategories.promo_id = levels.promo_id AND subcategories.under >= $reached_share * subcategories.units
  JOIN products
    ON products.category = subcategories.category
    AND COALESCE(products.subcategory, products.category) = subcategories.subcategory
  WHERE levels.level = 'subcategory'
  UNION ALL
  SELECT levels.promo_id, reached.sku, reached.category, levels.level
  FROM levels
  JOIN reached ON reached.promo_id = levels.promo_id
  WHERE levels.level = 'sku' AND reached.under >= $reached_share * reached.units AND reached.under >= $min_units
),
-- A SKU that is named for having been bought shows more buyers than it has: those who are counted must not name it.
of_halves AS (
  SELECT levels.promo_id AS promo_id, lines.sku AS sku, MIN(products.category) AS category, 1 - customers.half AS half
  FROM levels
  JOIN promotion_runs AS runs ON runs.promo_id = levels.promo_id
  JOIN promotion_lines AS lines
    ON lines.promo_id = levels.promo_id AND lines.ordered_on >= runs.first_on AND lines.ordered_on <= runs.last_on
  JOIN promotion_customers AS customers ON customers.customer_id = lines.customer_id
  LEFT JOIN products ON products.sku = lines.sku
  WHERE levels.level = 'wide'
  GROUP BY levels.promo_id, lines.sku, 1 - customers.half
)
SELECT of_all.promo_id, of_all.sku, of_all.category, halves.half, of_all.level
FROM of_all
CROSS JOIN halves
UNION ALL
SELECT promo_id, sku, category, half, 'wide' FROM of_halves
