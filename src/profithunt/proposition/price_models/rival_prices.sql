/* ---
what = "What rivals charge for the shop's own SKUs, like for like: checks that name a SKU, and offers matched to one."
grain = ["sku", "competitor", "checked_at"]
[columns]
sku = "text | SKU"
competitor = "text | competitor"
checked_at = "timestamp | when it was looked up"
checked_on = "date | day of it"
price = "money | price of what one unit of the SKU holds"
offer_price = "money | price as it stands there"
packs = "rate | how many of the rival's units hold what one of the SKU does"
shipping = "money | delivery charge"
delivery_days = "rate | promised days"
late = "rate | share of its parcels that come late, as [prices] declares it"
delivered = "rate | price + delivery charge + days × value of a day + P(late) × cost of lateness; what is not stated counts as it does here"
in_stock = "bool | could be bought; not stated counts as yes"
url = "text | page"
matched_by = "text | sku (the check names it), gtin, model, title, or accepted (by a person)"
offer_id = "text | key of the offer at the competitor, where it was matched"
[checks]
unique = true
--- */
WITH given AS (
  SELECT sku, competitor, checked_at, price, price AS offer_price, CAST(1 AS DOUBLE) AS packs, shipping, delivery_days,
         in_stock, url, 'sku' AS matched_by, '' AS offer_id
  FROM competitor_prices
  WHERE price > 0
  UNION ALL
  SELECT m.sku, o.competitor, o.checked_at, X_TIMES(o.price, m.packs), o.price, m.packs, o.shipping, o.delivery_days,
         o.in_stock, o.url, m.matched_by, o.offer_id
  FROM rival_offers AS o
  JOIN offer_matches AS m ON m.competitor = o.competitor AND m.offer_id = o.offer_id
  WHERE m.state = 'taken' AND o.price > 0
),
counted AS (
  SELECT g.sku, g.competitor, g.checked_at, X_DAY(g.checked_at) AS checked_on, g.price, g.offer_price, g.packs, g.shipping,
         g.delivery_days, COALESCE(r.late, 0) AS late, COALESCE(g.in_stock, TRUE) AS in_stock, g.url, g.matched_by, g.offer_id,
         CAST(g.price AS DOUBLE) + COALESCE(CAST(g.shipping AS DOUBLE), w.shipping, 0)
           -- Where the own days are not known, nobody's count.
           + COALESCE(CASE WHEN w.n_days IS NOT NULL THEN g.delivery_days END, w.n_days, 0) * COALESCE(CAST($day_amount AS DOUBLE), $day_worth * CAST(g.price AS DOUBLE))
           + COALESCE(r.late, 0) * COALESCE(CAST($late_amount AS DOUBLE), $late_worth * CAST(g.price AS DOUBLE)) AS delivered
  FROM given AS g
  CROSS JOIN own_delivery AS w
  LEFT JOIN rival_lateness AS r ON r.competitor = g.competitor
  LEFT JOIN own_sellers AS s ON s.seller = LOWER(TRIM(g.competitor))
  -- The shop's own offers on other marketplaces are no rivals: it must not undercut itself.
  WHERE s.seller IS NULL
),
placed AS (
  SELECT sku, competitor, checked_at, checked_on, price, offer_price, packs, shipping, delivery_days, late, delivered,
         in_stock, url, matched_by, offer_id,
         ROW_NUMBER() OVER (
           PARTITION BY sku, competitor, checked_at
           ORDER BY CASE WHEN in_stock THEN 0 ELSE 1 END, CASE WHEN matched_by = 'sku' THEN 0 ELSE 1 END, delivered, offer_id
         ) AS place
  FROM counted
)
SELECT sku, competitor, checked_at, checked_on, price, offer_price, packs, shipping, delivery_days, late, delivered, in_stock, url,
       matched_by, offer_id
FROM placed
WHERE place = 1
