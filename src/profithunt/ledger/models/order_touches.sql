/* ---
what = "The touches that may have led to each order: same customer, or same visit, within the attribution window."
grain = ["order_id", "touch_id"]
empty_with = ["touch_people"]
working = true
[columns]
order_id = "text | order"
touch_id = "text | touch"
touched_at = "timestamp | when"
ordered_at = "timestamp | when the order was placed"
--- */
SELECT orders.order_id AS order_id, touch_people.touch_id AS touch_id, touch_people.touched_at AS touched_at,
       orders.ordered_at AS ordered_at
FROM orders
JOIN touch_people ON touch_people.customer_id = orders.customer_id
WHERE touch_people.touched_at <= orders.ordered_at
  AND touch_people.touched_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
UNION ALL
SELECT orders.order_id, touch_people.touch_id, touch_people.touched_at, orders.ordered_at
FROM orders
JOIN touch_people ON touch_people.session_id = orders.session_id
WHERE touch_people.touched_at <= orders.ordered_at
  AND touch_people.touched_at > orders.ordered_at - INTERVAL '1' DAY * $attribution_days
  AND (
    touch_people.customer_id IS NULL OR orders.customer_id IS NULL OR touch_people.customer_id <> orders.customer_id
  )
