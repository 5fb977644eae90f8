/* ---
what = "Each customer's best offers at given prices of stock, of one customer in so many of a span: all their pairs, streamed."
grain = ["customer", "item"]
[columns]
customer = "int | number of the customer"
item = "int | number of the SKU"
chance = "rate | probability to buy it unasked"
net = "rate | gain of its best incentive less the stock's price of the units that it moves"
[checks]
unique = true
--- */
WITH worth AS (
  SELECT pairs.customer AS customer, pairs.item AS item, pairs.chance AS chance, people.most AS most,
         people.answer * terms.elasticity AS keen,
         LN(1 - LEAST(pairs.chance, 0.999)) AS stays,
         terms.full_margin - terms.stock_price AS full_net,
         terms.margin_0 - terms.stock_price AS net_0, terms.margin_1 - terms.stock_price AS net_1,
         terms.margin_2 - terms.stock_price AS net_2, terms.margin_3 - terms.stock_price AS net_3,
         terms.margin_4 - terms.stock_price AS net_4
  FROM overstock_pairs AS pairs
  JOIN overstock_people AS people ON people.customer = pairs.customer AND people.most > 0
  JOIN overstock_terms AS terms ON terms.item = pairs.item
  WHERE MOD(pairs.customer, $one_in) = 0 AND pairs.customer >= $first AND pairs.customer < $after
),
best AS (
  SELECT customer, item, chance, most,
         GREATEST((1 - EXP(stays * $push_0 * EXP(keen * $felt_0))) * net_0, (1 - EXP(stays * $push_1 * EXP(keen * $felt_1))) * net_1,
                  (1 - EXP(stays * $push_2 * EXP(keen * $felt_2))) * net_2, (1 - EXP(stays * $push_3 * EXP(keen * $felt_3))) * net_3,
                  (1 - EXP(stays * $push_4 * EXP(keen * $felt_4))) * net_4) - chance * full_net - $cost AS net
  FROM worth
)
SELECT customer, item, chance, net
FROM (
  SELECT customer, item, chance, most, net, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY net DESC, item) AS place
  FROM best
  WHERE net > 0
) AS ranked
WHERE place <= $times * most
