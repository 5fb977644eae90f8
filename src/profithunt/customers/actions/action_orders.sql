/* ---
what = "The orders of known customers in their order, with what they earned and held; and money of a customer that belongs to no order."
grain = ["customer_id", "place", "ordered_on"]
kind = "view"
[columns]
customer_id = "text | customer"
order_id = "text | order, null for money without one"
place = "int | number of the order among the customer's, null for money without one"
ordered_on = "date | day in the shop's time zone"
cm3 = "money | contribution profit"
list_sales = "money | at list price"
discounts = "money | markdown and promotion, positive"
n_skus = "int | different SKUs"
n_categories = "int | different categories"
units = "quantity | units"
units_returned = "quantity | units returned"
returned = "bool | something came back"
late = "bool | a parcel came after the promised time"
contacted = "bool | a contact about it"
discounted = "bool | something below list price"
own_label_sales = "money | list sales of own label"
channel = "text | channel"
channel_1 = "int | 1 where ordered through the largest channel"
channel_2 = "int | the second"
channel_3 = "int | the third"
channel_4 = "int | the fourth"
category_1 = "money | list sales in the largest category"
category_2 = "money | the second"
category_3 = "money | the third"
category_4 = "money | the fourth"
category_5 = "money | the fifth"
category_6 = "money | the sixth"
category_7 = "money | the seventh"
category_8 = "money | the eighth"
--- */
WITH late AS (
  SELECT order_id
  FROM shipments
  WHERE delivered_at > promised_at AND order_id IS NOT NULL
  GROUP BY order_id
),
contacted AS (
  SELECT order_id FROM contacts WHERE order_id IS NOT NULL GROUP BY order_id
),
kept AS (
  SELECT order_profit.order_id AS order_id, order_profit.customer_id AS customer_id, order_profit.ordered_on AS ordered_on,
         order_profit.cm3 AS cm3, order_profit.units AS units, order_profit.units_returned AS units_returned,
         order_profit.channel AS channel,
         ROW_NUMBER() OVER (
           PARTITION BY order_profit.customer_id ORDER BY order_profit.ordered_at ASC NULLS LAST, order_profit.order_id ASC NULLS LAST
         ) AS place
  FROM order_profit
  INNER JOIN orders ON orders.order_id = order_profit.order_id
  WHERE order_profit.customer_id IS NOT NULL AND orders.cancelled_at IS NULL AND order_profit.n_lines > 0
)
SELECT kept.customer_id AS customer_id, kept.order_id AS order_id, kept.place AS place, kept.ordered_on AS ordered_on,
       kept.cm3 AS cm3, held.list_sales AS list_sales, held.discounts AS discounts, held.n_skus AS n_skus,
       held.n_categories AS n_categories, kept.units AS units, kept.units_returned AS units_returned,
       kept.units_returned > 0 AS returned, late.order_id IS NOT NULL AS late, contacted.order_id IS NOT NULL AS contacted,
       held.discounts > 0 AS discounted, held.own_label_sales AS own_label_sales, kept.channel AS channel,
       CASE WHEN tops.place = 1 THEN 1 ELSE 0 END AS channel_1,
       CASE WHEN tops.place = 2 THEN 1 ELSE 0 END AS channel_2,
       CASE WHEN tops.place = 3 THEN 1 ELSE 0 END AS channel_3,
       CASE WHEN tops.place = 4 THEN 1 ELSE 0 END AS channel_4,
       held.category_1 AS category_1, held.category_2 AS category_2, held.category_3 AS category_3, held.category_4 AS category_4,
       held.category_5 AS category_5, held.category_6 AS category_6, held.category_7 AS category_7, held.category_8 AS category_8
FROM kept
LEFT JOIN action_lines AS held ON held.order_id = kept.order_id
LEFT JOIN action_tops AS tops ON tops.dimension = 'channel' AND tops.member = kept.channel
LEFT JOIN late ON late.order_id = kept.order_id
LEFT JOIN contacted ON contacted.order_id = kept.order_id
UNION ALL
SELECT customer_id, NULL, NULL, ordered_on, cm3, 0, 0, 0, 0, 0, units_returned, FALSE, FALSE, FALSE, FALSE, 0, NULL, 0, 0, 0, 0,
       0, 0, 0, 0, 0, 0, 0, 0
FROM ledger
WHERE customer_id IS NOT NULL AND order_id IS NULL AND ordered_on IS NOT NULL
