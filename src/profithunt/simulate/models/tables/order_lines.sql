/* ---
what = "order_lines"
grain = ["order_id", "line_no"]
[columns]
order_id = "text | order"
line_no = "int | line"
sku = "text | SKU"
quantity = "quantity | units"
unit_price = "money | price"
discount = "money | discount"
promo_id = "text | promotion"
tax = "money | tax"
unit_cost = "money | cost"
cancelled_quantity = "quantity | units cancelled"
cancel_reason = "text | reason"
shipment_id = "text | parcel"
funded = "money | paid by suppliers"
--- */
SELECT CONCAT('O', CAST(10000000000 + MOD(i.order_no * 48271 + 11, 17179869143) AS TEXT)) AS order_id,
       i.line_no,
       k.sku,
       i.quantity,
       i.price AS unit_price,
       i.discount,
       CASE WHEN i.discount > 0 THEN f.promo_id END AS promo_id,
       ROUND((i.quantity * i.price - i.discount) * 0.19, 2) AS tax,
       CASE WHEN l.lever = 'no_cost' THEN NULL ELSE i.cost END AS unit_cost,
       i.cancelled AS cancelled_quantity,
       CASE WHEN i.cancelled > 0 THEN CASE WHEN X_UNIFORM('line.reason', i.order_no, i.line_no) < 0.15 THEN 'customer' ELSE 'out_of_stock' END END AS cancel_reason,
       CASE WHEN p.dispatched_on < X_ADD_DAYS($starts_on, $n_days) AND i.cancelled < i.quantity
            THEN CONCAT('S', CAST(10000000000 + MOD((i.order_no * 2 + p.parcel_no) * 48271 + 17, 34359738337) AS TEXT)) END AS shipment_id,
       CASE WHEN i.discount > 0 THEN ROUND(i.discount * i.funded_share, 2) ELSE 0 END AS funded
FROM items AS i
INNER JOIN bought AS o ON o.world = i.world AND o.order_no = i.order_no
INNER JOIN skus AS k ON k.sku_no = i.sku_no
LEFT JOIN offers AS f ON f.promo_no = i.promo_no
LEFT JOIN parcels AS p ON p.world = i.world AND p.order_no = i.order_no AND p.parcel_no = CASE WHEN p.n_parcels = 2 THEN MOD(i.line_no, 2) ELSE 0 END
LEFT JOIN levers AS l ON l.family = 'sku' AND l.lever = 'no_cost' AND l.member_no = i.sku_no
WHERE i.lost IS NULL
