/* ---
code = "CUST11"
number = 11
name = "overstock_meets_buyer"
level = "customer_sku"
entity = ["sku"]
owner = "crm"
reversible = true
action = "offer_it_to_those_it_suits_and_to_nobody_else"
statistic = "sum"
window_days = 56
credibility = 0.4
customers = "suited"
needs = ["affinity", "stock.on_hand", "stock.unit_cost | products.unit_cost"]
[thresholds]
long_cover_share = 0.9
least_cover_days = 91
uplift = 1.0
salvage_share = 0.3
least_units = 5
most_customers = 200
[rows]
where = "in_window AND entry = 'line'"
order_by = "-cm2"
[docs]
why = "Far more of this SKU is in stock than will be sold in months, and the shop knows customers whom it suits. Offered to them alone, it sells without a markdown that everybody sees."
value = "Units that the offer sells in 28 days beyond those that would be bought anyway (chance of each suited customer to buy × uplift; all of them together buy no more by themselves than is bought at all, and no more is moved than is too much) × what a unit sold brings: its profit (CM2), and of its cost what would be lost on it in the end (1 − salvage_share, for the share of the stock that a year will not sell)."
known_problems = "`profithunt proposition overstock` assigns all SKUs and customers at once, with the least incentive each. uplift is assumed until a part of the customers has been left out of the offer. Whom it suits is learnt from who bought what: a SKU that hardly anybody has bought yet is hard to place. Some of them would have bought something else."
source = "METRICS section 6; Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets"
--- */
WITH held AS (
  SELECT s.sku, SUM(s.on_hand) AS on_hand, MAX(s.unit_cost) AS unit_cost
  FROM stock AS s
  INNER JOIN (SELECT sku, MAX(counted_on) AS counted_on FROM stock WHERE counted_on <= $window_end GROUP BY sku) AS l
    ON l.sku = s.sku AND l.counted_on = s.counted_on
  GROUP BY s.sku
),
sold AS (
  SELECT sku,
         -- A season that is quiet is no overstock: what a year sells counts as much as the last weeks.
         GREATEST(SUM(CASE WHEN in_window THEN CAST(units AS DOUBLE) ELSE 0 END) / $window_days,
                  X_DIV(SUM(CAST(units AS DOUBLE)), GREATEST(X_DAYS_BETWEEN(MIN(ordered_on), $window_end), $window_days))) AS pace,
         SUM(CASE WHEN in_window THEN CAST(units AS DOUBLE) ELSE 0 END) / $window_days AS pace_now,
         X_DIV(SUM(cm2), SUM(units)) AS unit_cm2,
         X_DIV(SUM(list_sales + markdown), SUM(quantity)) AS price
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND ordered_on > X_ADD_DAYS($window_end, -364) AND ordered_on <= $window_end
  GROUP BY sku
),
covers AS (
  SELECT h.sku, h.on_hand, COALESCE(h.unit_cost, p.unit_cost) AS unit_cost, s.pace, s.pace_now, s.unit_cm2, s.price,
         X_DIV(h.on_hand, GREATEST(s.pace, X_DIV(1, $window_days))) AS cover_days
  FROM held AS h
  INNER JOIN sold AS s ON s.sku = h.sku
  LEFT JOIN products AS p ON p.sku = h.sku
  WHERE h.on_hand > 0
),
long_ones AS (
  SELECT X_PERCENTILE(cover_days, $long_cover_share) AS cover_days FROM covers WHERE on_hand >= $least_units
),
too_many AS (
  SELECT c.sku, c.on_hand, c.unit_cost, c.pace, c.pace_now, c.unit_cm2, c.price, c.cover_days,
         c.on_hand - c.pace * $least_cover_days AS excess,
         GREATEST(COALESCE(c.unit_cm2, 0), 0)
           + CAST(c.unit_cost AS DOUBLE) * (1 - $salvage_share) * GREATEST(1 - X_DIV(c.pace * 364, c.on_hand), 0) AS unit_worth
  FROM covers AS c
  CROSS JOIN long_ones AS l
  WHERE c.cover_days >= GREATEST(l.cover_days, $least_cover_days)
    AND c.on_hand - c.pace * $least_cover_days >= $least_units AND c.unit_cost > 0
),
liked AS (
  SELECT t.sku, a.customer_id, a.chance, t.unit_worth, t.price, t.excess,
         -- Those whom it suits can't buy more by themselves than is bought at all these weeks: tastes know no season.
         LEAST(1, X_DIV((t.pace_now + X_DIV(0.5, $window_days)) * $horizon_days, SUM(a.chance) OVER (PARTITION BY t.sku))) AS scale,
         SUM(a.chance) OVER (PARTITION BY t.sku) AS chances
  FROM too_many AS t
  INNER JOIN affinity AS a ON a.sku = t.sku
  WHERE a.rank <= $most_customers AND a.chance > 0
),
suited AS (
  SELECT sku, customer_id, chance * scale AS chance, price,
         chance * LEAST(scale * $uplift, X_DIV(excess, chances)) AS extra_units,
         chance * LEAST(scale * $uplift, X_DIV(excess, chances)) * unit_worth AS expected_profit
  FROM liked
)
SELECT s.sku,
       SUM(s.expected_profit) * X_DIV($window_days, $horizon_days) AS loss,
       COUNT(*) AS n,
       -- What chance makes of so few units, and half of it again for what is assumed.
       POWER(SUM(s.expected_profit) * X_DIV($window_days, $horizon_days), 2)
         * (X_DIV(1, GREATEST(SUM(s.extra_units), 1)) * 0.25 + 0.1) AS loss_sq,
       COUNT(*)           AS customers,
       SUM(s.extra_units) AS units_to_sell_in_28_days,
       MAX(t.on_hand)     AS on_hand,
       MAX(t.cover_days)  AS days_of_cover,
       MAX(t.excess)      AS units_too_many,
       MAX(t.unit_cm2)    AS cm2_per_unit,
       MAX(t.unit_cost)   AS unit_cost,
       0.7                AS assumed_share
FROM suited AS s
INNER JOIN too_many AS t ON t.sku = s.sku
GROUP BY s.sku
