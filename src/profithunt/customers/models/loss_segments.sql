/* ---
what = "How customers lose money: each customer that loses stands in the segment of the part that is worst against the peers, or in basket where money would be lost even at the peers' rates. Segments add up to all losses."
grain = ["segment"]
[columns]
segment = "text | basket, discount, returns, delivery, service or acquisition"
n_customers = "int | customers in it"
lost = "money | their contribution profit, below zero"
of_losses = "rate | share of all losses"
n_orders = "int | their orders"
basket = "money | their baskets less cost of goods and fees"
discount = "money | their discounts"
returns = "money | their returns"
delivery = "money | their delivery"
service = "money | their service"
acquisition = "money | their marketing and loyalty"
gap = "money | what they are below their peers"
gap_basket = "money | of it, baskets"
gap_discount = "money | of it, discounts"
gap_returns = "money | of it, returns"
gap_delivery = "money | of it, delivery"
gap_service = "money | of it, service"
gap_acquisition = "money | of it, acquisition"
worst_customer_id = "text | the customer in it that loses most"
--- */
WITH worst AS (
  SELECT segment, MAX(place) AS place FROM customer_explained WHERE segment IS NOT NULL GROUP BY segment
),
summed AS (
  SELECT segment, COUNT(*) AS n_customers, SUM(cm3) AS lost, SUM(n_orders) AS n_orders, SUM(basket) AS basket,
         SUM(discount) AS discount, SUM(returns) AS returns, SUM(delivery) AS delivery, SUM(service) AS service,
         SUM(acquisition) AS acquisition, SUM(gap) AS gap, SUM(gap_basket) AS gap_basket,
         SUM(gap_discount) AS gap_discount, SUM(gap_returns) AS gap_returns, SUM(gap_delivery) AS gap_delivery,
         SUM(gap_service) AS gap_service, SUM(gap_acquisition) AS gap_acquisition
  FROM customer_explained
  WHERE segment IS NOT NULL
  GROUP BY segment
)
SELECT summed.segment AS segment, summed.n_customers AS n_customers, summed.lost AS lost,
       X_DIV(summed.lost, SUM(summed.lost) OVER (PARTITION BY 1)) AS of_losses,
       summed.n_orders AS n_orders, summed.basket AS basket, summed.discount AS discount, summed.returns AS returns,
       summed.delivery AS delivery, summed.service AS service, summed.acquisition AS acquisition, summed.gap AS gap,
       summed.gap_basket AS gap_basket, summed.gap_discount AS gap_discount, summed.gap_returns AS gap_returns,
       summed.gap_delivery AS gap_delivery, summed.gap_service AS gap_service,
       summed.gap_acquisition AS gap_acquisition, customer_explained.customer_id AS worst_customer_id
FROM summed
JOIN worst ON worst.segment = summed.segment
JOIN customer_explained ON customer_explained.place = worst.place
