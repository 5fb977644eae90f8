/* ---
what = "The customers behind an opportunity that is acted on customer by customer: what each is worth, and the least incentive that they need."
grain = ["id", "place"]
[columns]
id = "text | opportunity"
place = "int | place in its list, the most profit first"
customer_id = "text | customer"
sku = "text | SKU to offer, where it is one"
expected_profit = "money | profit to expect from acting on this customer, before any incentive"
chance = "rate | probability that acting makes them buy, where known: an incentive is paid only then"
incentive_share = "rate | least incentive needed as a share of the price: 0 for who mostly buys at full price, else the discount that they usually wait for, in steps of 5 %"
incentive = "money | the same in money"
net_profit = "money | expected profit less chance × incentive; customers for whom nothing is left are not listed"
email_opt_in = "bool | may be written to, as far as it is known"
[checks]
unique = true
--- */
WITH listed AS (
  SELECT id, customer_id, MAX(sku) AS sku, MAX(expected_profit) AS expected_profit, MAX(chance) AS chance, MAX(price) AS price
  FROM _listed
  WHERE customer_id IS NOT NULL
  GROUP BY id, customer_id
),
wanted AS (
  SELECT DISTINCT customer_id FROM listed
),
line AS (
  SELECT customer_id,
         CAST(list_sales AS DOUBLE) AS list_sales,
         X_DIV(-markdown - promotion, list_sales) AS depth
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND list_sales > 0 AND ordered_on > $since AND ordered_on <= $until
),
shop AS (
  SELECT AVG(CASE WHEN depth < 0.02 THEN 1.0 ELSE 0.0 END) AS full_share,
         AVG(CASE WHEN depth >= 0.02 THEN depth END) AS depth,
         AVG(list_sales) AS list_sales
  FROM line
),
usual AS (
  SELECT l.customer_id AS customer_id,
         COUNT(*) AS n,
         SUM(CASE WHEN l.depth < 0.02 THEN 1 ELSE 0 END) AS n_full,
         SUM(CASE WHEN l.depth >= 0.02 THEN l.depth ELSE 0 END) AS depths,
         AVG(l.list_sales) AS list_sales
  FROM line AS l
  INNER JOIN wanted AS w ON w.customer_id = l.customer_id
  GROUP BY l.customer_id
),
needed AS (
  -- A customer's habit, held against the shop's where few lines are known (as if of four lines more).
  SELECT l.id AS id, l.customer_id AS customer_id, l.sku AS sku, l.expected_profit AS expected_profit, l.chance AS chance,
         CASE
           WHEN COALESCE(u.n_full, 0) + 4 * COALESCE(s.full_share, 1) >= 0.5 * (COALESCE(u.n, 0) + 4) THEN 0
           ELSE LEAST(CEIL(X_DIV(u.depths + 4 * COALESCE(s.depth, 0), u.n - u.n_full + 4) * 20 - 0.000001) / 20, 0.5)
         END AS incentive_share,
         COALESCE(l.price, u.list_sales, s.list_sales, 0) AS base
  FROM listed AS l
  CROSS JOIN shop AS s
  LEFT JOIN usual AS u ON u.customer_id = l.customer_id
),
net AS (
  SELECT n.id AS id, n.customer_id AS customer_id, n.sku AS sku, n.expected_profit AS expected_profit, n.chance AS chance,
         n.incentive_share AS incentive_share,
         n.incentive_share * n.base AS incentive,
         n.expected_profit - COALESCE(n.chance, 1) * n.incentive_share * n.base AS net_profit
  FROM needed AS n
)
SELECT n.id AS id,
       ROW_NUMBER() OVER (PARTITION BY n.id ORDER BY n.net_profit DESC, n.customer_id) AS place,
       n.customer_id AS customer_id,
       n.sku AS sku,
       n.expected_profit AS expected_profit,
       n.chance AS chance,
       n.incentive_share AS incentive_share,
       n.incentive AS incentive,
       n.net_profit AS net_profit,
       c.email_opt_in AS email_opt_in
FROM net AS n
LEFT JOIN customers AS c ON c.customer_id = n.customer_id
WHERE n.net_profit > 0
