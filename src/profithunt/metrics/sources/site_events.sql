/* ---
what = "One row per thing that a visitor did on the site."
grain = "on-site event"
needs = ["events"]
dimensions = ["channel", "device"]
live = ["page", "sku", "search_term", "step"]
[columns]
kind = "view, search, list_view, basket_add, basket_remove, checkout_step or purchase"
results = "results that a search showed | events.results"
quantity = "units put into or taken out of the basket"
out_of_stock = "a product was viewed on a day on which none was on hand anywhere | stock"
--- */
WITH stocked AS (
  SELECT counted_on, sku, SUM(on_hand) AS on_hand
  FROM stock
  GROUP BY counted_on, sku
)
SELECT X_DAY(events.occurred_at) AS day,
       sessions.channel AS channel,
       sessions.device AS device,
       events.page AS page,
       events.sku AS sku,
       events.search_term AS search_term,
       events.step AS step,
       events.kind AS kind,
       events.results AS results,
       events.quantity AS quantity,
       events.kind = 'view' AND COALESCE(stocked.on_hand <= 0, FALSE) AS out_of_stock
FROM events
LEFT JOIN sessions ON sessions.session_id = events.session_id
LEFT JOIN stocked ON stocked.sku = events.sku AND stocked.counted_on = X_DAY(events.occurred_at)
