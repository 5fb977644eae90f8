/* ---
what = "The ledger with the slices of its SKUs, for reading by any dimension."
--- */
SELECT ledger.entry AS entry, ledger.order_id AS order_id, ledger.line_no AS line_no, ledger.sku AS sku,
       ledger.customer_id AS customer_id, ledger.channel AS channel, ledger.store_id AS store_id,
       ledger.country AS country, ledger.region AS region, ledger.carrier AS carrier, ledger.promo_id AS promo_id,
       ledger.ordered_on AS ordered_on, ledger.ordered_month AS ordered_month, ledger.shipped_on AS shipped_on,
       ledger.returned_on AS returned_on, ledger.contacted_on AS contacted_on, ledger.units AS units,
       ledger.units_returned AS units_returned, ledger.cost_source AS cost_source, ledger.provisional AS provisional,
       products.product_id AS product_id, products.brand AS brand, products.category AS category,
       COALESCE(order_credits.marketing_channel, ledger.marketing_channel) AS marketing_channel,
       COALESCE(order_credits.campaign, ledger.campaign) AS campaign,
       COALESCE(order_credits.keyword, ledger.keyword) AS keyword,
       COALESCE(order_credits.landing_page, ledger.landing_page) AS landing_page,
       X_EACH(amounts, CASE
         WHEN order_credits.order_id IS NULL OR order_credits.credit = 1000000 THEN ledger.X_ITEM
         ELSE X_ALLOCATE(
           ledger.X_ITEM, X_DIV(order_credits.upto - order_credits.credit, 1000000), X_DIV(order_credits.upto, 1000000)
         )
       END)
FROM ledger
LEFT JOIN products ON products.sku = ledger.sku
LEFT JOIN order_credits
  ON order_credits.order_id = ledger.order_id AND order_credits.credit > 0 AND X_PART(by_touch)
