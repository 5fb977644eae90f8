-- One row per order line, every component of METRICS 1; what belongs to no line follows it.
COPY (
    WITH sized AS (
        SELECT
            order_lines.*,
            money(order_lines.quantity * unit_price) AS sold,
            coalesce(order_lines.discount, 0) AS own_discount,
            sku_cost.category,
            sku_cost.unit_cost AS sku_unit_cost,
            cost_ratio,
            sku_cost.cost_source AS sku_cost_source,
            list_price,
            greatest(sold - own_discount, 0) AS value,
            round(quantity * weight_kg * 1000)::BIGINT AS grams
        FROM order_lines
        LEFT JOIN sku_cost ON sku_cost.sku = order_lines.sku
    ),

    summed AS (
        SELECT
            *,
            sum(value) OVER line AS value_upto,
            sum(quantity) OVER line AS pieces_upto,
            sum(grams) OVER line AS grams_upto,
            row_number() OVER line AS place,
            sum(value) OVER whole AS value_total,
            sum(quantity) OVER whole AS pieces_total,
            sum(grams) OVER whole AS grams_total,
            count(grams) OVER whole AS n_weighed,
            count(*) OVER whole AS n_lines
        FROM sized
        WINDOW
            line AS (PARTITION BY order_id ORDER BY line_no ROWS UNBOUNDED PRECEDING),
            whole AS (PARTITION BY order_id)
    ),

    shared AS (
        SELECT
            *,
            CASE WHEN value_total > 0 THEN (value_upto - value) / value_total ELSE (place - 1) / n_lines END AS value_before,
            CASE WHEN value_total > 0 THEN value_upto / value_total ELSE place / n_lines END AS value_share,
            CASE WHEN n_weighed = n_lines AND grams_total > 0 THEN (grams_upto - grams) / grams_total
                ELSE (pieces_upto - quantity) / pieces_total END AS weight_before,
            CASE WHEN n_weighed = n_lines AND grams_total > 0 THEN grams_upto / grams_total
                ELSE pieces_upto / pieces_total END AS weight_share
        FROM summed
    ),

    joined AS (
        SELECT
            shared.* EXCLUDE (discount, promo_id, cancelled_quantity, quantity),
            order_term.* EXCLUDE (order_id, promo_id, carrier, carriage, contacted_on, pack, service, concessions, marketing, payment_fee),
            coalesce(named_parcel.carrier, order_term.carrier) AS carrier,
            coalesce(shared.promo_id, order_term.promo_id) AS promo_id,
            order_term.contacted_on,
            shared.quantity,
            quantity - CASE WHEN cancelled THEN quantity ELSE least(coalesce(cancelled_quantity, 0), quantity) END AS units,
            CASE WHEN cancelled THEN 0 ELSE units / quantity END AS kept_share,
            own_discount + part(order_discount, value_before, value_share) AS discount,
            part(shipping_charged, value_before, value_share) AS shipping,
            part(
                coalesce(order_term.payment_fee, CASE WHEN NOT cancelled THEN money(
                    payment_share * (value_total::DOUBLE - coalesce(order_discount, 0) + coalesce(shipping_charged, 0)) + payment_fixed
                ) END),
                value_before, value_share
            ) AS payment_fee,
            part(order_term.pack, weight_before, weight_share) AS pack,
            part(order_term.carriage, weight_before, weight_share) + coalesce(named_parcel.carriage, 0) AS carriage,
            part(order_term.service, value_before, value_share) AS service,
            part(order_term.concessions, value_before, value_share) AS concessions,
            part(order_term.marketing, value_before, value_share) AS marketing,
            coalesce(returned.units_returned, 0) AS units_returned,
            coalesce(units_resaleable, 0) AS units_resaleable,
            coalesce(refund, 0) AS refund,
            coalesce(return_costs, 0) AS return_costs,
            returned_on,
            odds,
            resaleable_share,
            cost_per_unit
        FROM shared
        JOIN order_term ON order_term.order_id = shared.order_id
        LEFT JOIN returned ON returned.order_id = shared.order_id AND returned.line_no = shared.line_no
        LEFT JOIN named_parcel ON named_parcel.order_id = shared.order_id AND named_parcel.line_no = shared.line_no
        LEFT JOIN return_odds ON return_odds.category = shared.category AND return_odds.ordered_on = order_term.ordered_on
    ),

    settled AS (
        SELECT
            *,
            money(quantity * list_price) AS listed,
            CASE kept_share WHEN 1 THEN 0 WHEN 0 THEN sold - discount ELSE money((sold - discount) * (1 - kept_share)) END AS cancelled_value,
            money(coalesce(unit_cost * quantity, sku_unit_cost * quantity, money(quantity * list_price) * cost_ratio)) AS cost,
            CASE WHEN unit_cost IS NOT NULL THEN 'line' ELSE sku_cost_source END AS cost_source,
            kept_share - units_resaleable / quantity AS sold_share,
            greatest(units - units_returned, 0) AS units_out
        FROM joined
    ),

    component AS (
        SELECT
            *,
            listed AS list_sales,
            sold - listed AS markdown,
            -discount AS promotion,
            money(coalesce(funded, 0) * kept_share) AS funding,
            -cancelled_value AS cancellations,
            -refund AS refunds,
            -money(coalesce((sold - discount - cancelled_value) / nullif(units, 0) * (units_out::DOUBLE * odds), 0)) AS expected_returns,
            0 AS currency_difference,
            shipping AS shipping_income,
            CASE sold_share WHEN 1 THEN -cost ELSE -money(cost * sold_share) END AS cogs,
            money(coalesce(cost / quantity * (units_out::DOUBLE * odds * resaleable_share), 0)) AS expected_recovery,
            -(CASE WHEN units > 0 THEN money(pick) ELSE 0 END + money(receive * units) + pack) AS fulfilment,
            -payment_fee - coalesce(money((sold - discount) * (kept_share * marketplace_share)), 0) AS fees,
            -money(coalesce(cost_per_unit * (units_out::DOUBLE * odds), 0)) AS expected_return_costs
        FROM settled
    ),

    entry AS (
        SELECT
            'line' AS entry,
            order_id,
            line_no,
            sku,
            customer_id,
            channel,
            store_id,
            country,
            region,
            carrier,
            promo_id,
            marketing_channel,
            campaign,
            keyword,
            landing_page,
            ordered_on,
            date_trunc('month', ordered_on)::DATE AS ordered_month,
            shipped_on,
            returned_on,
            contacted_on,
            is_new_customer_order,
            quantity,
            units,
            units_returned,
            sold < listed OR discount > 0 AS discounted,
            cost_source,
            odds IS NOT NULL AND units_out > 0 AS provisional,
            list_sales,
            markdown,
            promotion,
            funding,
            cancellations,
            refunds,
            expected_returns,
            currency_difference,
            shipping_income,
            cogs,
            expected_recovery,
            fulfilment,
            -carriage AS carriage,
            fees,
            -return_costs AS return_costs,
            expected_return_costs,
            -service AS service,
            -concessions AS concessions,
            0 AS storage,
            0 AS idle_capacity,
            -marketing AS marketing,
            0 AS loyalty
        FROM component
        UNION ALL BY NAME
        SELECT
            'contact' AS entry,
            customer_id,
            contacted_on AS ordered_on,
            date_trunc('month', contacted_on)::DATE AS ordered_month,
            contacted_on AS shipped_on,
            contacted_on AS returned_on,
            contacted_on,
            -sum(service) AS service,
            -sum(concessions) AS concessions
        FROM contact
        WHERE order_id IS NULL
        GROUP BY customer_id, contacted_on
        UNION ALL BY NAME
        SELECT
            'marketing' AS entry,
            spend.marketing_channel,
            spend.campaign,
            spend.keyword,
            spend.month AS ordered_on,
            spend.month AS ordered_month,
            spend.month AS shipped_on,
            spend.month AS returned_on,
            spend.month AS contacted_on,
            -sum(spend.cost) AS marketing
        FROM spend
        LEFT JOIN (SELECT DISTINCT month, marketing_channel, campaign, ad_group, keyword FROM order_marketing) AS met
            ON met.month = spend.month AND met.marketing_channel = spend.marketing_channel AND met.campaign = spend.campaign
            AND met.ad_group = spend.ad_group AND met.keyword IS NOT DISTINCT FROM spend.keyword
        WHERE met.month IS NULL AND spend.cost > 0
        GROUP BY spend.marketing_channel, spend.campaign, spend.keyword, spend.month
    )

    SELECT
        entry, order_id, line_no, sku, customer_id, channel, store_id, country, region, carrier, promo_id,
        marketing_channel, campaign, keyword, landing_page, ordered_on, ordered_month, shipped_on, returned_on,
        contacted_on,
        coalesce(is_new_customer_order, FALSE) AS is_new_customer_order,
        money(coalesce(quantity, 0)) AS quantity,
        money(coalesce(units, 0)) AS units,
        money(coalesce(units_returned, 0)) AS units_returned,
        coalesce(discounted, FALSE) AS discounted,
        cost_source,
        coalesce(provisional, FALSE) AS provisional,
        money(coalesce(list_sales, 0)) AS list_sales,
        money(coalesce(markdown, 0)) AS markdown,
        money(coalesce(promotion, 0)) AS promotion,
        money(coalesce(funding, 0)) AS funding,
        money(coalesce(cancellations, 0)) AS cancellations,
        money(coalesce(refunds, 0)) AS refunds,
        money(coalesce(expected_returns, 0)) AS expected_returns,
        money(coalesce(currency_difference, 0)) AS currency_difference,
        money(coalesce(shipping_income, 0)) AS shipping_income,
        money(coalesce(
            list_sales + markdown + promotion + funding + cancellations + refunds + expected_returns + shipping_income, 0
        )) AS net_sales,
        money(coalesce(cogs, 0)) AS cogs,
        money(coalesce(expected_recovery, 0)) AS expected_recovery,
        money(net_sales + coalesce(cogs + expected_recovery, 0)) AS cm1,
        money(coalesce(fulfilment, 0)) AS fulfilment,
        money(coalesce(carriage, 0)) AS carriage,
        money(coalesce(fees, 0)) AS fees,
        money(coalesce(return_costs, 0)) AS return_costs,
        money(coalesce(expected_return_costs, 0)) AS expected_return_costs,
        money(coalesce(service, 0)) AS service,
        money(coalesce(concessions, 0)) AS concessions,
        money(coalesce(storage, 0)) AS storage,
        money(coalesce(idle_capacity, 0)) AS idle_capacity,
        money(cm1 + coalesce(fulfilment, 0) + coalesce(carriage, 0) + coalesce(fees, 0) + coalesce(return_costs, 0)
            + coalesce(expected_return_costs, 0) + coalesce(service, 0) + coalesce(concessions, 0)) AS cm2,
        money(coalesce(marketing, 0)) AS marketing,
        money(coalesce(loyalty, 0)) AS loyalty,
        money(cm2 + coalesce(marketing, 0)) AS cm3
    FROM entry
) TO 'ledger.parquet' (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000
);
