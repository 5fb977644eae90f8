-- The least that any ledger must do: look once at every column that it needs.
SELECT
    min(order_id), max(order_id), sum(line_no), min(sku), max(sku), sum(quantity), sum(unit_price), sum(discount),
    min(promo_id), max(promo_id), sum(unit_cost), sum(cancelled_quantity), min(shipment_id), max(shipment_id), sum(funded)
FROM order_lines;

SELECT
    min(order_id), max(order_id), min(ordered_at), max(ordered_at), min(customer_id), max(customer_id), min(channel),
    max(channel), min(store_id), max(store_id), min(session_id), max(session_id), sum(order_discount), min(promo_id),
    max(promo_id), sum(shipping_charged), sum(payment_fee), min(country), max(country), min(region), max(region),
    min(cancelled_at), max(cancelled_at)
FROM orders;

SELECT
    min(sku), max(sku), min(product_id), max(product_id), min(name), max(name), min(brand), max(brand), min(category),
    max(category), sum(unit_cost), sum(list_price), sum(weight_kg)
FROM products;

SELECT
    min(shipment_id), max(shipment_id), min(order_id), max(order_id), min(carrier), max(carrier), min(dispatched_at),
    max(dispatched_at), sum(shipping_cost), sum(billed_cost)
FROM shipments;

SELECT
    min(order_id), max(order_id), sum(line_no), min(sku), max(sku), sum(quantity), min(returned_at), max(returned_at),
    sum(refund), sum(carriage_cost), sum(handling_cost), bool_and(resaleable)
FROM returns;

SELECT
    min(customer_id), max(customer_id), min(order_id), max(order_id), min(contacted_at), max(contacted_at), sum(minutes),
    sum(cost), sum(concession)
FROM contacts;

SELECT
    min(touch_id), max(touch_id), min(touched_at), max(touched_at), min(customer_id), max(customer_id), min(visitor_id),
    max(visitor_id), min(session_id), max(session_id), min(kind), max(kind), min(channel), max(channel), min(campaign),
    max(campaign), min(ad_group), max(ad_group), min(keyword), max(keyword), min(landing_page), max(landing_page), sum(cost)
FROM touches;

SELECT
    min(spent_on), max(spent_on), min(channel), max(channel), min(campaign), max(campaign), min(ad_group), max(ad_group),
    min(keyword), max(keyword), sum(cost)
FROM ad_spend;
