/* ---
what = "Lines sold under a promotion: those that carry its key, and those that a redeemed coupon was paid on."
grain = ["promo_id", "order_id", "line_no"]
working = true
[columns]
promo_id = "text | promotion"
order_id = "text | order"
line_no = "int | line"
sku = "text | SKU"
customer_id = "text | customer, null for a guest"
ordered_on = "date | day of the order"
is_new = "bool | first order of its customer"
units = "rate | units; a day on which several coupons were redeemed counts for each in equal parts"
returned = "rate | of them returned"
list_sales = "rate | its value at list price"
subsidy = "rate | discount that the shop paid, on what was kept"
funded = "rate | discount that others paid"
cm2 = "rate | CM2 of the line, null where its cost is not known"
--- */
WITH labels AS (
  SELECT promo_id, promo_id AS label FROM promotions
  UNION
  SELECT promo_id, name AS label FROM promotions WHERE name IS NOT NULL
),
redeemed AS (
  SELECT labels.promo_id AS promo_id, events.customer_id AS customer_id, X_DAY(events.occurred_at) AS redeemed_on
  FROM customer_events AS events
  JOIN labels ON labels.label = events.value
  WHERE events.kind = 'coupon_redeemed' AND events.customer_id IS NOT NULL
  GROUP BY labels.promo_id, events.customer_id, X_DAY(events.occurred_at)
),
times AS (
  SELECT customer_id, redeemed_on, COUNT(*) AS n_promotions FROM redeemed GROUP BY customer_id, redeemed_on
),
found AS (
  SELECT promo_id, order_id, line_no, 1.0 AS part
  FROM ledger
  WHERE entry = 'line' AND units > 0 AND promo_id IS NOT NULL
  UNION ALL
  SELECT redeemed.promo_id, ledger.order_id, ledger.line_no, 1.0 / times.n_promotions
  FROM redeemed
  JOIN times ON times.customer_id = redeemed.customer_id AND times.redeemed_on = redeemed.redeemed_on
  JOIN ledger ON ledger.customer_id = redeemed.customer_id AND ledger.ordered_on = redeemed.redeemed_on
  WHERE ledger.entry = 'line' AND ledger.units > 0 AND ledger.promo_id IS NULL AND ledger.promotion < 0
)
SELECT found.promo_id, found.order_id, found.line_no, ledger.sku, ledger.customer_id, ledger.ordered_on,
       ledger.is_new_customer_order AS is_new,
       CAST(found.part AS DOUBLE) * CAST(ledger.units AS DOUBLE) AS units,
       CAST(found.part AS DOUBLE) * CAST(ledger.units_returned AS DOUBLE) AS returned,
       CAST(found.part AS DOUBLE) * CAST(ledger.list_sales AS DOUBLE) AS list_sales,
       -- What comes back is paid back at the lower price: the discount on it was not lost.
       -CAST(found.part AS DOUBLE) * CAST(ledger.promotion + ledger.funding AS DOUBLE)
         * (1 - COALESCE(X_DIV(ledger.units_returned, ledger.units), 0)) AS subsidy,
       CAST(found.part AS DOUBLE) * CAST(ledger.funding AS DOUBLE) AS funded,
       CAST(found.part AS DOUBLE) * CAST(ledger.cm2 AS DOUBLE) AS cm2
FROM found
JOIN ledger ON ledger.order_id = found.order_id AND ledger.line_no = found.line_no
WHERE ledger.entry = 'line'
