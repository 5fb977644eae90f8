-- What an analyst of this shop would write: it has one currency, prices without tax, no loyalty scheme, no stores table,
-- and every return names its order and line. Run with the shop's Parquet files attached as views under their own names.

CREATE MACRO money(amount) AS CAST(amount AS DECIMAL(18, 4));
-- The part of an amount between two cumulative shares: parts of 0 … 1 add up to the whole.
CREATE MACRO part(amount, before, upto) AS coalesce(money(amount * upto) - money(amount * before), 0);

-- Rates in force on each day.
CREATE TEMP TABLE day_rate AS
SELECT
    day,
    max(rate) FILTER (kind = 'pick') AS pick,
    max(rate) FILTER (kind = 'pack') AS pack,
    max(rate) FILTER (kind = 'receive') AS receive,
    max(rate) FILTER (kind = 'parcel' AND dimension IS NULL) AS parcel,
    max(rate) FILTER (kind = 'parcel' AND member = 'UPS') AS parcel_ups,
    max(rate) FILTER (kind = 'return_handling') AS return_handling,
    max(rate) FILTER (kind = 'return_carriage') AS return_carriage,
    max(rate) FILTER (kind = 'contact_minute') AS contact_minute,
    max(rate) FILTER (kind = 'payment_share') AS payment_share,
    max(rate) FILTER (kind = 'payment_fixed') AS payment_fixed,
    max(rate) FILTER (kind = 'marketplace_share' AND member = 'marketplace') AS marketplace_share
FROM (SELECT unnest(range(DATE '2023-12-01', DATE '2026-07-01', INTERVAL 1 DAY))::DATE AS day) AS days
JOIN cost_rates ON day >= coalesce(starts_on, day) AND day <= coalesce(ends_on, day)
GROUP BY day;

-- What a unit of each SKU costs: the product's cost, else the latest on a line, else the category's median ratio.
CREATE TEMP TABLE sku_cost AS
WITH line_ratio AS (
    SELECT sku, median((quantity * unit_cost)::DOUBLE / (quantity * unit_price)::DOUBLE) AS ratio
    FROM order_lines
    WHERE unit_cost IS NOT NULL AND quantity > 0
    GROUP BY sku
),

ratio AS (
    SELECT products.sku, category, coalesce(line_ratio.ratio, (products.unit_cost / list_price)) AS ratio
    FROM products LEFT JOIN line_ratio ON line_ratio.sku = products.sku
),

category_ratio AS (SELECT category, median(ratio) AS ratio FROM ratio GROUP BY category),

latest AS (
    SELECT order_lines.sku, order_lines.unit_cost
    FROM order_lines
    JOIN products ON products.sku = order_lines.sku
    JOIN orders ON orders.order_id = order_lines.order_id
    WHERE products.unit_cost IS NULL AND order_lines.unit_cost IS NOT NULL AND quantity > 0
    QUALIFY row_number() OVER (
        PARTITION BY order_lines.sku ORDER BY ordered_at DESC, order_lines.order_id DESC, line_no DESC
    ) = 1
)

SELECT
    products.sku,
    products.product_id,
    products.name,
    products.brand,
    products.category,
    coalesce(products.unit_cost, latest.unit_cost) AS unit_cost,
    category_ratio.ratio AS cost_ratio,
    CASE WHEN products.unit_cost IS NOT NULL THEN 'product' WHEN latest.unit_cost IS NOT NULL THEN 'latest'
        ELSE 'category_ratio' END AS cost_source,
    products.list_price,
    products.weight_kg
FROM products
LEFT JOIN latest ON latest.sku = products.sku
LEFT JOIN category_ratio ON category_ratio.category = products.category;

-- Returns by line.
CREATE TEMP TABLE returned AS
SELECT
    order_id,
    line_no,
    sum(quantity) AS units_returned,
    coalesce(sum(quantity) FILTER (coalesce(resaleable, TRUE)), 0) AS units_resaleable,
    sum(refund) AS refund,
    sum(money(coalesce(carriage_cost, return_carriage, 0)) + money(coalesce(handling_cost, quantity * return_handling, 0)))
        AS return_costs,
    max(returned_at::DATE) AS returned_on
FROM returns LEFT JOIN day_rate ON day = returned_at::DATE
GROUP BY order_id, line_no;

-- Parcels, and which lines name the one that carried them.
CREATE TEMP TABLE parcel AS
SELECT
    shipment_id,
    order_id,
    carrier,
    dispatched_at::DATE AS shipped_on,
    money(coalesce(billed_cost, shipping_cost, CASE carrier WHEN 'UPS' THEN parcel_ups END, day_rate.parcel)) AS carriage,
    count(*) OVER (PARTITION BY order_id) AS n_parcels
FROM shipments LEFT JOIN day_rate ON day = dispatched_at::DATE;

CREATE TEMP TABLE named_parcel AS
WITH weighed AS (
    SELECT
        order_lines.order_id,
        line_no,
        order_lines.shipment_id,
        carrier,
        carriage,
        round(quantity * 10000)::BIGINT AS pieces,
        round(quantity::DOUBLE * weight_kg * 1000)::BIGINT AS grams,
        count(*) OVER (PARTITION BY order_lines.shipment_id) AS n,
        count(grams) OVER (PARTITION BY order_lines.shipment_id) AS n_weighed,
        sum(grams) OVER (PARTITION BY order_lines.shipment_id) AS all_grams
    FROM order_lines
    JOIN parcel ON parcel.shipment_id = order_lines.shipment_id AND parcel.order_id = order_lines.order_id
    JOIN sku_cost ON sku_cost.sku = order_lines.sku
    WHERE n_parcels > 1
),

summed AS (
    SELECT
        *,
        CASE WHEN n = n_weighed AND all_grams > 0 THEN grams ELSE pieces END AS weight,
        sum(weight) OVER (PARTITION BY shipment_id ORDER BY line_no ROWS UNBOUNDED PRECEDING) AS upto,
        sum(weight) OVER (PARTITION BY shipment_id) AS total
    FROM weighed
)

SELECT order_id, line_no, shipment_id, carrier, part(carriage, (upto - weight) / total, upto / total) AS carriage
FROM summed;

CREATE TEMP TABLE order_parcel AS
SELECT
    order_id,
    count(*) AS n_parcels,
    sum(carriage) FILTER (shipment_id NOT IN (SELECT shipment_id FROM named_parcel)) AS carriage,
    CASE WHEN min(carrier) = max(carrier) THEN min(carrier) END AS carrier,
    min(shipped_on) AS shipped_on
FROM parcel
GROUP BY order_id;

-- Service contacts.
CREATE TEMP TABLE contact AS
SELECT
    order_id,
    customer_id,
    contacted_at::DATE AS contacted_on,
    money(coalesce(cost, minutes * contact_minute, 0)) AS service,
    coalesce(concession, 0) AS concessions
FROM contacts LEFT JOIN day_rate ON day = contacted_at::DATE;

-- Marketing: the last touch within 30 days wins the order; a month's spend on a placement is shared by the orders it won.
CREATE TEMP TABLE touch AS
WITH known AS (
    SELECT visitor_id, min(customer_id) AS customer_id
    FROM touches
    WHERE visitor_id IS NOT NULL
    GROUP BY visitor_id
    HAVING min(customer_id) = max(customer_id)
)

SELECT
    touch_id,
    touched_at,
    coalesce(touches.customer_id, known.customer_id) AS customer_id,
    session_id,
    channel,
    campaign,
    ad_group,
    keyword,
    landing_page
FROM touches LEFT JOIN known ON known.visitor_id = touches.visitor_id
WHERE kind NOT IN ('impression', 'send');

CREATE TEMP TABLE won AS
-- An order is reached by its customer's touches and by those of its own visit.
WITH candidate AS (
    SELECT orders.order_id, touched_at, touch_id
    FROM orders
    JOIN touch ON touch.customer_id = orders.customer_id
    WHERE touched_at <= ordered_at AND touched_at > ordered_at - INTERVAL 30 DAY
    UNION ALL
    SELECT orders.order_id, touched_at, touch_id
    FROM orders
    JOIN touch ON touch.session_id = orders.session_id
    WHERE touched_at <= ordered_at AND touched_at > ordered_at - INTERVAL 30 DAY
),

last_touch AS (SELECT order_id, max(row(touched_at, touch_id)) AS last FROM candidate GROUP BY order_id)

SELECT
    order_id,
    date_trunc('month', touched_at)::DATE AS month,
    channel AS marketing_channel,
    campaign,
    ad_group,
    keyword,
    landing_page
FROM last_touch
JOIN touch ON touch.touch_id = last[2];

CREATE TEMP TABLE spend AS
SELECT month, channel AS marketing_channel, campaign, ad_group, keyword, sum(cost) AS cost
FROM (
    SELECT date_trunc('month', spent_on)::DATE AS month, channel, campaign, ad_group, keyword, cost FROM ad_spend
    UNION ALL
    SELECT date_trunc('month', touched_at)::DATE, channel, campaign, ad_group, keyword, cost
    FROM touches
    WHERE cost IS NOT NULL AND channel NOT IN (SELECT channel FROM ad_spend)
) AS booked
GROUP BY month, channel, campaign, ad_group, keyword;

-- Search is booked by keyword, everything else by ad group.
CREATE TEMP TABLE order_marketing AS
WITH met AS (
    SELECT won.order_id, spend.* EXCLUDE (cost), spend.cost
    FROM won
    JOIN spend
        ON spend.month = won.month AND spend.marketing_channel = won.marketing_channel AND spend.campaign = won.campaign
        AND spend.ad_group = won.ad_group AND spend.keyword = won.keyword
    UNION ALL
    SELECT won.order_id, spend.* EXCLUDE (cost), spend.cost
    FROM won
    JOIN spend
        ON spend.month = won.month AND spend.marketing_channel = won.marketing_channel AND spend.campaign = won.campaign
        AND spend.ad_group = won.ad_group
    WHERE spend.keyword IS NULL
),

counted AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY month, marketing_channel, campaign, ad_group, keyword ORDER BY order_id
        ) AS place,
        count(*) OVER (PARTITION BY month, marketing_channel, campaign, ad_group, keyword) AS n
    FROM met
)

SELECT
    order_id, month, marketing_channel, campaign, ad_group, keyword, part(cost, (place - 1) / n, place / n) AS cost
FROM counted;

-- Everything that the lines of an order share.
CREATE TEMP TABLE order_term AS
SELECT
    orders.order_id,
    orders.customer_id,
    channel,
    store_id,
    country,
    region,
    promo_id,
    order_parcel.carrier,
    ordered_at::DATE AS ordered_on,
    won.marketing_channel,
    won.campaign,
    won.keyword,
    won.landing_page,
    cancelled_at IS NOT NULL AS cancelled,
    order_discount,
    CASE WHEN cancelled_at IS NULL THEN shipping_charged END AS shipping_charged,
    payment_fee,
    payment_share,
    payment_fixed,
    CASE channel WHEN 'marketplace' THEN marketplace_share END AS marketplace_share,
    pick,
    money(pack * coalesce(n_parcels, CASE WHEN cancelled_at IS NULL THEN 1 ELSE 0 END)) AS pack,
    receive,
    carriage,
    shipped_on,
    contacted_on,
    service,
    concessions,
    marketing,
    first_order.order_id IS NOT NULL AS is_new_customer_order
FROM orders
LEFT JOIN day_rate ON day = ordered_at::DATE
LEFT JOIN order_parcel ON order_parcel.order_id = orders.order_id
LEFT JOIN won ON won.order_id = orders.order_id
LEFT JOIN (SELECT order_id, sum(cost) AS marketing FROM order_marketing GROUP BY order_id) AS marketed
    ON marketed.order_id = orders.order_id
LEFT JOIN (
    SELECT order_id, sum(service) AS service, sum(concessions) AS concessions, max(contacted_on) AS contacted_on
    FROM contact
    GROUP BY order_id
) AS contacted ON contacted.order_id = orders.order_id
LEFT JOIN (
    SELECT arg_min(order_id, (ordered_at, order_id)) AS order_id
    FROM orders
    WHERE customer_id IS NOT NULL AND cancelled_at IS NULL
    GROUP BY customer_id
) AS first_order ON first_order.order_id = orders.order_id;
