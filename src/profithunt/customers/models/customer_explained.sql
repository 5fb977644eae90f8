/* ---
what = "Why each customer makes or loses money: profit in six parts, and each part held against what it would be at the rates of a peer that makes money. Both add up exactly."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
place = "int | place on the whale curve, 1 for the best; null where the profit is not known"
n_orders = "int | orders, cancelled ones left out"
order_band = "text | band of them"
acquired_year = "int | year of the first order"
channel = "text | channel of the first order"
cm3 = "money | contribution profit: the sum of the six parts"
basket = "money | list sales and cancellations less cost of goods (as if nothing had come back) and fees"
discount = "money | markdown and promotion, net of supplier funding"
returns = "money | refunds and their costs, net of the stock that came back"
delivery = "money | pick, pack and carriage, net of delivery charges"
service = "money | contacts and concessions"
acquisition = "money | marketing and loyalty"
peers = "text | who the peers are: band, year and channel; band and year; band; all; or none where nobody makes money"
n_peers = "int | how many they are"
peer_cm3 = "money | their contribution profit per customer"
gap = "money | contribution profit less the peers': the sum of the six parts below"
gap_basket = "money | what the size and the merchandise margin of the baskets make of it: the gap less the other parts"
gap_discount = "money | discount less what it would be on the same sales at the peers' rate"
gap_returns = "money | returns less what they would be on the same sales at the peers' rate"
gap_delivery = "money | delivery less what it would be for the same orders at the peers' rate"
gap_service = "money | service less what it would be for the same orders at the peers' rate"
gap_acquisition = "money | acquisition less the peers' per customer"
segment = "text | how a customer that loses money loses it: the part that is worst against the peers, or basket where money would be lost even at the peers' rates; null for others"
--- */
WITH met AS (
  SELECT customer_parts.customer_id AS customer_id, customer_parts.n_orders AS n_orders,
         customer_parts.order_band AS order_band, customer_parts.acquired_year AS acquired_year,
         customer_parts.channel AS channel, customer_parts.gross_sales AS gross_sales,
         customer_parts.basket AS basket, customer_parts.discount AS discount, customer_parts.returns AS returns,
         customer_parts.delivery AS delivery, customer_parts.service AS service,
         customer_parts.acquisition AS acquisition, customer_parts.cm3 AS cm3,
         CASE
           WHEN close.level IS NOT NULL THEN 'band, year and channel'
           WHEN yearly.level IS NOT NULL THEN 'band and year'
           WHEN banded.level IS NOT NULL THEN 'band'
           WHEN everybody.level IS NOT NULL THEN 'all'
           ELSE 'none'
         END AS peers,
         COALESCE(close.n_peers, yearly.n_peers, banded.n_peers, everybody.n_peers, 0) AS n_peers,
         COALESCE(close.cm3, yearly.cm3, banded.cm3, everybody.cm3, 0) AS peer_cm3,
         CASE WHEN close.level IS NOT NULL THEN close.discount_rate WHEN yearly.level IS NOT NULL THEN yearly.discount_rate
              WHEN banded.level IS NOT NULL THEN banded.discount_rate ELSE everybody.discount_rate END AS discount_rate,
         CASE WHEN close.level IS NOT NULL THEN close.returns_rate WHEN yearly.level IS NOT NULL THEN yearly.returns_rate
              WHEN banded.level IS NOT NULL THEN banded.returns_rate ELSE everybody.returns_rate END AS returns_rate,
         CASE WHEN close.level IS NOT NULL THEN close.delivery_rate WHEN yearly.level IS NOT NULL THEN yearly.delivery_rate
              WHEN banded.level IS NOT NULL THEN banded.delivery_rate ELSE everybody.delivery_rate END AS delivery_rate,
         CASE WHEN close.level IS NOT NULL THEN close.service_rate WHEN yearly.level IS NOT NULL THEN yearly.service_rate
              WHEN banded.level IS NOT NULL THEN banded.service_rate ELSE everybody.service_rate END AS service_rate,
         COALESCE(close.acquisition_rate, yearly.acquisition_rate, banded.acquisition_rate, everybody.acquisition_rate) AS acquisition_rate
  FROM customer_parts
  LEFT JOIN peer_groups AS close
    ON close.level = 1 AND close.order_band = customer_parts.order_band
    AND COALESCE(close.acquired_year, 0) = COALESCE(customer_parts.acquired_year, 0)
    AND X_TEXT_KEY(close.channel) = X_TEXT_KEY(customer_parts.channel)
  LEFT JOIN peer_groups AS yearly
    ON yearly.level = 2 AND yearly.order_band = customer_parts.order_band
    AND COALESCE(yearly.acquired_year, 0) = COALESCE(customer_parts.acquired_year, 0)
  LEFT JOIN peer_groups AS banded ON banded.level = 3 AND banded.order_band = customer_parts.order_band
  LEFT JOIN peer_groups AS everybody ON everybody.level = 4
),
gaps AS (
  SELECT customer_id, n_orders, order_band, acquired_year, channel, basket, discount, returns, delivery, service,
         acquisition, cm3, peers, n_peers, peer_cm3,
         cm3 - peer_cm3 AS gap,
         discount - COALESCE(X_MONEY(gross_sales * discount_rate), 0) AS gap_discount,
         returns - COALESCE(X_MONEY(gross_sales * returns_rate), 0) AS gap_returns,
         delivery - COALESCE(X_MONEY(n_orders * delivery_rate), 0) AS gap_delivery,
         service - COALESCE(X_MONEY(n_orders * service_rate), 0) AS gap_service,
         acquisition - COALESCE(X_MONEY(acquisition_rate), 0) AS gap_acquisition
  FROM met
),
split AS (
  SELECT customer_id, n_orders, order_band, acquired_year, channel, basket, discount, returns, delivery, service,
         acquisition, cm3, peers, n_peers, peer_cm3, gap, gap_discount, gap_returns, gap_delivery, gap_service,
         gap_acquisition,
         gap - gap_discount - gap_returns - gap_delivery - gap_service - gap_acquisition AS gap_basket
  FROM gaps
)
SELECT customer_id,
       CASE WHEN cm3 IS NOT NULL THEN ROW_NUMBER() OVER (ORDER BY cm3 DESC NULLS LAST, customer_id ASC) END AS place,
       n_orders, order_band, acquired_year, channel, cm3, basket, discount, returns, delivery, service, acquisition,
       peers, n_peers, peer_cm3, gap, gap_basket, gap_discount, gap_returns, gap_delivery, gap_service, gap_acquisition,
       CASE
         WHEN cm3 >= 0 OR cm3 IS NULL THEN NULL
         WHEN cm3 - LEAST(gap_returns, 0) - LEAST(gap_discount, 0) - LEAST(gap_delivery, 0) - LEAST(gap_service, 0)
                - LEAST(gap_acquisition, 0) < 0 THEN 'basket'
         WHEN gap_returns <= LEAST(gap_discount, gap_delivery, gap_service, gap_acquisition) THEN 'returns'
         WHEN gap_discount <= LEAST(gap_delivery, gap_service, gap_acquisition) THEN 'discount'
         WHEN gap_delivery <= LEAST(gap_service, gap_acquisition) THEN 'delivery'
         WHEN gap_service <= gap_acquisition THEN 'service'
         ELSE 'acquisition'
       END AS segment
FROM split
