/* ---
what = "Everybody acquired with what they have brought and are expected to bring in 24 months, and the mix they belong to."
--- */
SELECT everybody.customer_id AS customer_id, everybody.order_id AS order_id,
       mix_month, mix_channel, mix_marketing, mix_country, mix_basket,
       everybody.channel AS channel, everybody.store AS store, everybody.country AS country,
       everybody.region AS region, everybody.marketing_channel AS marketing_channel, everybody.campaign AS campaign,
       everybody.keyword AS keyword, everybody.landing_page AS landing_page, everybody.promotion AS promotion,
       everybody.first_discount AS first_discount,
       CAST(customer_profit.cm3 + customer_clv.clv_24m AS DOUBLE) AS cm3,
       everybody.retained AS retained
FROM acquired_everybody AS everybody
JOIN customer_profit ON customer_profit.customer_id = everybody.customer_id
JOIN customer_clv ON customer_clv.customer_id = everybody.customer_id
