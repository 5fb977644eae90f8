/* ---
what = "What advice on the price of each compared SKU rests on."
grain = ["sku"]
working = true
[columns]
sku = "text | SKU"
product_id = "text | style"
name = "text | name"
brand = "text | brand"
category = "text | category, empty where none is known"
subcategory = "text | category below it"
size = "text | size"
colour = "text | colour"
pack_size = "text | what one unit holds, as written"
price = "money | own price today"
known_from = "text | price_changes, orders or products"
minimum_price = "money | lowest price that may be advertised"
shipping = "rate | own delivery charge: what its orders paid, else all orders"
n_days = "rate | own days from order to delivery"
late = "rate | own share of late parcels"
delivered = "rate | own delivered price"
n_rivals = "int | rivals seen over the recent days"
n_in_stock = "int | of them, those that had it in stock"
lowest_price = "money | lowest price of those"
lowest_competitor = "text | whose that is"
median_price = "rate | median price of those"
lowest_delivered = "rate | lowest delivered price of those"
delivered_competitor = "text | whose that is"
rank = "int | place of the own price among those in stock, 1 for the lowest"
delivered_rank = "int | the same by delivered price"
gap = "rate | own price ÷ lowest − 1: above 0 a rival is cheaper"
delivered_gap = "rate | the same by delivered price"
days_compared = "int | of the last 28 days, those on which a rival's price is known and it had the SKU in stock"
days_undercut = "int | of these, those on which a rival was cheaper"
at_war = "bool | the shop and a rival cut in turn"
units = "rate | units sold over the last 91 days"
sold_days = "int | days of those with a shop"
margin = "rate | contribution (CM2) of a unit"
net_price = "rate | net sales of a unit without delivery charges, ex tax"
unit_cost = "rate | cost of one unit, ex tax"
tax = "rate | tax on the price"
channel_low = "rate | lowest mean price of a channel with 3 units or more in the last 28 days"
channel_high = "rate | highest of them"
spread = "rate | see sku_prices"
slanted = "rate | see sku_prices"
--- */
WITH stood AS (
  SELECT sku, COUNT(*) AS n_rivals, COUNT(CASE WHEN in_stock THEN 1 END) AS n_in_stock,
         MIN(CASE WHEN in_stock THEN price END) AS lowest_price,
         X_PERCENTILE(CASE WHEN in_stock THEN price END, 0.5) AS median_price,
         MIN(CASE WHEN in_stock THEN delivered END) AS lowest_delivered
  FROM rival_positions
  GROUP BY sku
),
who AS (
  SELECT sku, competitor,
         ROW_NUMBER() OVER (PARTITION BY sku ORDER BY price, competitor) AS place,
         ROW_NUMBER() OVER (PARTITION BY sku ORDER BY delivered, competitor) AS delivered_place
  FROM rival_positions
  WHERE in_stock
),
own AS (
  SELECT o.sku, o.price, o.known_from, COALESCE(p.shipping, w.shipping, 0) AS shipping, w.n_days, w.late,
         CAST(o.price AS DOUBLE) + COALESCE(p.shipping, w.shipping, 0)
           + COALESCE(w.n_days, 0) * COALESCE(CAST($day_amount AS DOUBLE), $day_worth * CAST(o.price AS DOUBLE))
           + COALESCE(w.late, 0) * COALESCE(CAST($late_amount AS DOUBLE), $late_worth * CAST(o.price AS DOUBLE)) AS delivered
  FROM own_prices AS o
  CROSS JOIN own_delivery AS w
  LEFT JOIN sku_prices AS p ON p.sku = o.sku
  WHERE o.ends_on IS NULL
),
placed AS (
  SELECT own.sku,
         1 + COUNT(CASE WHEN r.in_stock AND r.price < own.price THEN 1 END) AS place,
         1 + COUNT(CASE WHEN r.in_stock AND r.delivered < own.delivered THEN 1 END) AS delivered_place
  FROM own
  JOIN rival_positions AS r ON r.sku = own.sku
  GROUP BY own.sku
),
wars AS (
  SELECT sku FROM price_wars WHERE at_war GROUP BY sku
),
history AS (
  SELECT MIN(ordered_on) AS first_on FROM ledger WHERE entry = 'line'
),
sold AS (
  SELECT sku, CAST(SUM(units) AS DOUBLE) AS units, X_DIV(SUM(cm2), SUM(units)) AS margin, X_DIV(SUM(net_sales - shipping_income), SUM(units)) AS net_price
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND sku IS NOT NULL AND ordered_on > X_ADD_DAYS($as_of, -91) AND ordered_on <= $as_of
  GROUP BY sku
),
channels AS (
  SELECT l.sku, COALESCE(o.channel, '') AS channel,
         X_DIV(SUM(CAST(l.unit_price AS DOUBLE) * CAST(l.quantity AS DOUBLE)), SUM(l.quantity)) AS price
  FROM order_lines AS l
  JOIN orders AS o ON o.order_id = l.order_id
  WHERE l.unit_price > 0 AND l.quantity > 0 AND X_DAY(o.ordered_at) > X_ADD_DAYS($as_of, -28) AND X_DAY(o.ordered_at) <= $as_of
  GROUP BY l.sku, COALESCE(o.channel, '')
  HAVING SUM(l.quantity) >= 3
),
by_channel AS (
  SELECT sku, MIN(price) AS low, MAX(price) AS high FROM channels GROUP BY sku
)
SELECT own.sku, p.product_id, p.name, p.brand, COALESCE(p.category, '') AS category, p.subcategory, p.size, p.colour, p.pack_size,
       own.price, own.known_from, p.minimum_price, own.shipping, own.n_days, own.late, own.delivered,
       stood.n_rivals, stood.n_in_stock, stood.lowest_price, cheapest.competitor AS lowest_competitor, stood.median_price,
       stood.lowest_delivered, nearest.competitor AS delivered_competitor, placed.place AS rank, placed.delivered_place AS delivered_rank,
       X_DIV(own.price, stood.lowest_price) - 1 AS gap, X_DIV(own.delivered, stood.lowest_delivered) - 1 AS delivered_gap,
       COALESCE(u.days_compared, 0) AS days_compared, COALESCE(u.days_undercut, 0) AS days_undercut,
       wars.sku IS NOT NULL AS at_war,
       COALESCE(sold.units, 0) AS units, LEAST(X_DAYS_BETWEEN(history.first_on, $as_of) + 1, 91) AS sold_days,
       sold.margin, sold.net_price, CAST(c.unit_cost AS DOUBLE) AS unit_cost,
       CASE WHEN $prices_include_tax THEN COALESCE(p.tax_rate, $tax_rate) ELSE 0 END AS tax,
       b.low AS channel_low, b.high AS channel_high, s.spread, s.slanted
FROM own
JOIN stood ON stood.sku = own.sku
JOIN placed ON placed.sku = own.sku
CROSS JOIN history
LEFT JOIN products AS p ON p.sku = own.sku
LEFT JOIN who AS cheapest ON cheapest.sku = own.sku AND cheapest.place = 1
LEFT JOIN who AS nearest ON nearest.sku = own.sku AND nearest.delivered_place = 1
LEFT JOIN undercut_days AS u ON u.sku = own.sku
LEFT JOIN wars ON wars.sku = own.sku
LEFT JOIN sold ON sold.sku = own.sku
LEFT JOIN sku_costs AS c ON c.sku = own.sku
LEFT JOIN by_channel AS b ON b.sku = own.sku
LEFT JOIN sku_prices AS s ON s.sku = own.sku
