/* ---
what = "What was sold under each promotion, by kind of customer."
grain = ["promo_id", "segment"]
[columns]
promo_id = "text | promotion"
segment = "text | kind of customer"
units = "rate | units sold under it"
list_sales = "rate | their value at list price"
in_scope = "rate | of it in what the promotion is about"
returned = "rate | of them returned"
subsidy = "rate | discount that the shop paid, on what was kept"
funded = "rate | discount that others paid"
valued_sales = "rate | value at list price of units whose cost is known"
full_cm2 = "rate | their CM2 with the discount that the shop paid put back"
n_orders = "int | orders"
n_customers = "int | customers known by name"
n_new = "int | of them new: their first order was under it"
--- */
SELECT lines.promo_id,
       COALESCE(members.segment, 'new') AS segment,
       SUM(lines.units) AS units,
       SUM(lines.list_sales) AS list_sales,
       SUM(CASE WHEN scopes.sku IS NOT NULL THEN lines.list_sales ELSE 0 END) AS in_scope,
       SUM(lines.returned) AS returned,
       SUM(lines.subsidy) AS subsidy,
       SUM(lines.funded) AS funded,
       SUM(CASE WHEN lines.cm2 IS NOT NULL THEN lines.list_sales ELSE 0 END) AS valued_sales,
       SUM(lines.cm2 + lines.subsidy) AS full_cm2,
       COUNT(DISTINCT lines.order_id) AS n_orders,
       COUNT(DISTINCT lines.customer_id) AS n_customers,
       COUNT(DISTINCT CASE WHEN lines.is_new THEN lines.customer_id END) AS n_new
FROM promotion_runs AS runs
JOIN promotion_lines AS lines
  ON lines.promo_id = runs.promo_id AND lines.ordered_on >= runs.first_on AND lines.ordered_on <= runs.last_on
LEFT JOIN promotion_customers AS customers ON customers.customer_id = lines.customer_id
LEFT JOIN promotion_scopes AS scopes
  ON scopes.promo_id = lines.promo_id AND scopes.sku = lines.sku AND scopes.half = COALESCE(customers.half, 0)
LEFT JOIN promotion_members AS members
  ON members.promo_id = lines.promo_id AND members.customer_id = lines.customer_id
GROUP BY lines.promo_id, COALESCE(members.segment, 'new')
