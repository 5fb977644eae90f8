/* ---
what = "Each offer of a rival's price feed as it was last seen."
grain = ["competitor", "offer_id"]
[columns]
competitor = "text | competitor"
offer_id = "text | key of the offer there"
title = "text | name"
brand = "text | brand"
gtin = "text | trade item number"
model = "text | model number"
size = "text | size"
colour = "text | colour"
pack_size = "text | what one unit holds"
condition = "text | condition"
price = "rate | price"
--- */
SELECT competitor, offer_id, title, brand, gtin, model, size, colour, pack_size, condition, price
FROM (
  SELECT competitor, offer_id, title, brand, gtin, model, size, colour, pack_size, condition, CAST(price AS DOUBLE) AS price,
         ROW_NUMBER() OVER (PARTITION BY competitor, offer_id ORDER BY checked_at DESC) AS place
  FROM rival_offers
) AS seen
WHERE place = 1
ORDER BY competitor, offer_id
