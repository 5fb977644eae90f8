-- Roll-ups from the ledger: orders and SKUs from its rows, customers from the orders, slices from the smallest table that
-- knows the dimension.
CREATE VIEW ledger AS FROM 'ledger.parquet';

COPY (
    WITH total AS (
        SELECT
            order_id,
            count(line_no) AS n_lines,
            money(sum(units)) AS units,
            money(sum(units_returned)) AS units_returned,
            money(coalesce(sum(list_sales) FILTER (cost_source = 'assumed'), 0)) AS assumed_sales,
            money(sum(list_sales)) AS list_sales,
            money(sum(markdown)) AS markdown,
            money(sum(promotion)) AS promotion,
            money(sum(funding)) AS funding,
            money(sum(cancellations)) AS cancellations,
            money(sum(refunds)) AS refunds,
            money(sum(expected_returns)) AS expected_returns,
            money(sum(currency_difference)) AS currency_difference,
            money(sum(shipping_income)) AS shipping_income,
            money(sum(net_sales)) AS net_sales,
            money(sum(cogs)) AS cogs,
            money(sum(expected_recovery)) AS expected_recovery,
            money(sum(cm1)) AS cm1,
            money(sum(fulfilment)) AS fulfilment,
            money(sum(carriage)) AS carriage,
            money(sum(fees)) AS fees,
            money(sum(return_costs)) AS return_costs,
            money(sum(expected_return_costs)) AS expected_return_costs,
            money(sum(service)) AS service,
            money(sum(concessions)) AS concessions,
            money(sum(storage)) AS storage,
            money(sum(idle_capacity)) AS idle_capacity,
            money(sum(cm2)) AS cm2,
            money(sum(marketing)) AS marketing,
            money(sum(loyalty)) AS loyalty,
            money(sum(cm3)) AS cm3
        FROM ledger
        WHERE order_id IS NOT NULL
        GROUP BY order_id
    )

    SELECT
        total.order_id,
        orders.customer_id,
        ordered_at,
        ordered_at::DATE AS ordered_on,
        date_trunc('month', ordered_at)::DATE AS ordered_month,
        channel,
        store_id,
        country,
        region,
        n_lines,
        units,
        units_returned,
        n_parcels,
        assumed_sales,
        list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns, currency_difference,
        shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage, fees, return_costs,
        expected_return_costs, service, concessions, storage, idle_capacity, cm2, marketing, loyalty, cm3
    FROM total
    JOIN orders ON orders.order_id = total.order_id
    LEFT JOIN (SELECT order_id, n_parcels FROM order_parcel) AS sent ON sent.order_id = total.order_id
) TO 'order_profit.parquet' (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000
);
CREATE VIEW order_profit AS FROM 'order_profit.parquet';

COPY (
    WITH total AS (
        SELECT
            sku,
            count(line_no) AS n_lines,
            money(sum(units)) AS units,
            money(sum(units_returned)) AS units_returned,
            money(coalesce(sum(units) FILTER (discounted), 0)) AS discounted_units,
            money(coalesce(sum(list_sales) FILTER (cost_source = 'assumed'), 0)) AS assumed_sales,
            money(sum(list_sales)) AS list_sales,
            money(sum(markdown)) AS markdown,
            money(sum(promotion)) AS promotion,
            money(sum(funding)) AS funding,
            money(sum(cancellations)) AS cancellations,
            money(sum(refunds)) AS refunds,
            money(sum(expected_returns)) AS expected_returns,
            money(sum(currency_difference)) AS currency_difference,
            money(sum(shipping_income)) AS shipping_income,
            money(sum(net_sales)) AS net_sales,
            money(sum(cogs)) AS cogs,
            money(sum(expected_recovery)) AS expected_recovery,
            money(sum(cm1)) AS cm1,
            money(sum(fulfilment)) AS fulfilment,
            money(sum(carriage)) AS carriage,
            money(sum(fees)) AS fees,
            money(sum(return_costs)) AS return_costs,
            money(sum(expected_return_costs)) AS expected_return_costs,
            money(sum(service)) AS service,
            money(sum(concessions)) AS concessions,
            money(sum(storage)) AS storage,
            money(sum(idle_capacity)) AS idle_capacity,
            money(sum(cm2)) AS cm2,
            money(sum(marketing)) AS marketing,
            money(sum(loyalty)) AS loyalty,
            money(sum(cm3)) AS cm3
        FROM ledger
        WHERE sku IS NOT NULL
        GROUP BY sku
    )

    SELECT
        total.sku, product_id, name, brand, category, n_lines, units, units_returned, discounted_units, assumed_sales,
        list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns, currency_difference,
        shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage, fees, return_costs,
        expected_return_costs, service, concessions, storage, idle_capacity, cm2, marketing, loyalty, cm3
    FROM total
    LEFT JOIN products ON products.sku = total.sku
) TO 'sku_profit.parquet' (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000
);
CREATE VIEW sku_profit AS FROM 'sku_profit.parquet';

COPY (
    SELECT
        customer_id,
        min(ordered_on) AS first_ordered_on,
        max(ordered_on) AS last_ordered_on,
        sum(n_orders)::BIGINT AS n_orders,
        money(sum(units)) AS units,
        money(sum(units_returned)) AS units_returned,
        money(sum(assumed_sales)) AS assumed_sales,
        money(sum(list_sales)) AS list_sales,
        money(sum(markdown)) AS markdown,
        money(sum(promotion)) AS promotion,
        money(sum(funding)) AS funding,
        money(sum(cancellations)) AS cancellations,
        money(sum(refunds)) AS refunds,
        money(sum(expected_returns)) AS expected_returns,
        money(sum(currency_difference)) AS currency_difference,
        money(sum(shipping_income)) AS shipping_income,
        money(sum(net_sales)) AS net_sales,
        money(sum(cogs)) AS cogs,
        money(sum(expected_recovery)) AS expected_recovery,
        money(sum(cm1)) AS cm1,
        money(sum(fulfilment)) AS fulfilment,
        money(sum(carriage)) AS carriage,
        money(sum(fees)) AS fees,
        money(sum(return_costs)) AS return_costs,
        money(sum(expected_return_costs)) AS expected_return_costs,
        money(sum(service)) AS service,
        money(sum(concessions)) AS concessions,
        money(sum(storage)) AS storage,
        money(sum(idle_capacity)) AS idle_capacity,
        money(sum(cm2)) AS cm2,
        money(sum(marketing)) AS marketing,
        money(sum(loyalty)) AS loyalty,
        money(sum(cm3)) AS cm3
    FROM (
        SELECT
            customer_id, ordered_on, 1 AS n_orders, units, units_returned, assumed_sales,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM order_profit
        WHERE customer_id IS NOT NULL
        UNION ALL
        SELECT
            customer_id, NULL, 0, 0, units_returned, 0,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM ledger
        WHERE customer_id IS NOT NULL AND order_id IS NULL
    ) AS gathered
    GROUP BY customer_id
) TO 'customer_profit.parquet' (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000
);

COPY (
    WITH loose AS (
        SELECT * FROM ledger WHERE order_id IS NULL
    ),

    by_order AS (
        SELECT
            channel, store_id, country, region, ordered_month, marketing_channel, campaign, keyword, landing_page,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM order_profit
        LEFT JOIN won USING (order_id)
        UNION ALL
        SELECT
            channel, store_id, country, region, ordered_month, marketing_channel, campaign, keyword, landing_page,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM loose
    ),

    by_sku AS (
        SELECT
            product_id, brand, category,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM sku_profit
        UNION ALL
        SELECT
            NULL, NULL, NULL,
            list_sales, markdown, promotion, funding, cancellations, refunds, expected_returns,
            currency_difference, shipping_income, net_sales, cogs, expected_recovery, cm1, fulfilment, carriage,
            fees, return_costs, expected_return_costs, service, concessions, storage, idle_capacity, cm2,
            marketing, loyalty, cm3
        FROM ledger
        WHERE sku IS NULL
    ),

    slice AS (
        SELECT
            CASE
                WHEN grouping(channel) = 0 THEN 'channel'
                WHEN grouping(store_id) = 0 THEN 'store'
                WHEN grouping(country) = 0 THEN 'country'
                WHEN grouping(region) = 0 THEN 'region'
                WHEN grouping(marketing_channel) = 0 THEN 'marketing_channel'
                WHEN grouping(campaign) = 0 THEN 'campaign'
                WHEN grouping(keyword) = 0 THEN 'keyword'
                WHEN grouping(landing_page) = 0 THEN 'landing_page'
                ELSE 'month'
            END AS dimension,
            coalesce(
                channel, store_id, country, region, marketing_channel, campaign, keyword, landing_page,
                strftime(ordered_month, '%Y-%m'), 'unallocated'
            ) AS member,
            money(sum(list_sales)) AS list_sales,
            money(sum(markdown)) AS markdown,
            money(sum(promotion)) AS promotion,
            money(sum(funding)) AS funding,
            money(sum(cancellations)) AS cancellations,
            money(sum(refunds)) AS refunds,
            money(sum(expected_returns)) AS expected_returns,
            money(sum(currency_difference)) AS currency_difference,
            money(sum(shipping_income)) AS shipping_income,
            money(sum(net_sales)) AS net_sales,
            money(sum(cogs)) AS cogs,
            money(sum(expected_recovery)) AS expected_recovery,
            money(sum(cm1)) AS cm1,
            money(sum(fulfilment)) AS fulfilment,
            money(sum(carriage)) AS carriage,
            money(sum(fees)) AS fees,
            money(sum(return_costs)) AS return_costs,
            money(sum(expected_return_costs)) AS expected_return_costs,
            money(sum(service)) AS service,
            money(sum(concessions)) AS concessions,
            money(sum(storage)) AS storage,
            money(sum(idle_capacity)) AS idle_capacity,
            money(sum(cm2)) AS cm2,
            money(sum(marketing)) AS marketing,
            money(sum(loyalty)) AS loyalty,
            money(sum(cm3)) AS cm3
        FROM by_order
        GROUP BY GROUPING SETS (
            (channel), (store_id), (country), (region), (marketing_channel), (campaign), (keyword), (landing_page),
            (ordered_month)
        )
        UNION ALL
        SELECT
            CASE WHEN grouping(carrier) = 0 THEN 'carrier' ELSE 'promotion' END,
            coalesce(carrier, promo_id, 'unallocated'),
            money(sum(list_sales)) AS list_sales,
            money(sum(markdown)) AS markdown,
            money(sum(promotion)) AS promotion,
            money(sum(funding)) AS funding,
            money(sum(cancellations)) AS cancellations,
            money(sum(refunds)) AS refunds,
            money(sum(expected_returns)) AS expected_returns,
            money(sum(currency_difference)) AS currency_difference,
            money(sum(shipping_income)) AS shipping_income,
            money(sum(net_sales)) AS net_sales,
            money(sum(cogs)) AS cogs,
            money(sum(expected_recovery)) AS expected_recovery,
            money(sum(cm1)) AS cm1,
            money(sum(fulfilment)) AS fulfilment,
            money(sum(carriage)) AS carriage,
            money(sum(fees)) AS fees,
            money(sum(return_costs)) AS return_costs,
            money(sum(expected_return_costs)) AS expected_return_costs,
            money(sum(service)) AS service,
            money(sum(concessions)) AS concessions,
            money(sum(storage)) AS storage,
            money(sum(idle_capacity)) AS idle_capacity,
            money(sum(cm2)) AS cm2,
            money(sum(marketing)) AS marketing,
            money(sum(loyalty)) AS loyalty,
            money(sum(cm3)) AS cm3
        FROM ledger
        GROUP BY GROUPING SETS ((carrier), (promo_id))
        UNION ALL
        SELECT
            CASE WHEN grouping(product_id) = 0 THEN 'style' WHEN grouping(brand) = 0 THEN 'brand' ELSE 'category' END,
            coalesce(product_id, brand, category, 'unallocated'),
            money(sum(list_sales)) AS list_sales,
            money(sum(markdown)) AS markdown,
            money(sum(promotion)) AS promotion,
            money(sum(funding)) AS funding,
            money(sum(cancellations)) AS cancellations,
            money(sum(refunds)) AS refunds,
            money(sum(expected_returns)) AS expected_returns,
            money(sum(currency_difference)) AS currency_difference,
            money(sum(shipping_income)) AS shipping_income,
            money(sum(net_sales)) AS net_sales,
            money(sum(cogs)) AS cogs,
            money(sum(expected_recovery)) AS expected_recovery,
            money(sum(cm1)) AS cm1,
            money(sum(fulfilment)) AS fulfilment,
            money(sum(carriage)) AS carriage,
            money(sum(fees)) AS fees,
            money(sum(return_costs)) AS return_costs,
            money(sum(expected_return_costs)) AS expected_return_costs,
            money(sum(service)) AS service,
            money(sum(concessions)) AS concessions,
            money(sum(storage)) AS storage,
            money(sum(idle_capacity)) AS idle_capacity,
            money(sum(cm2)) AS cm2,
            money(sum(marketing)) AS marketing,
            money(sum(loyalty)) AS loyalty,
            money(sum(cm3)) AS cm3
        FROM by_sku
        GROUP BY GROUPING SETS ((product_id), (brand), (category))
    )

    SELECT * FROM slice
) TO 'profit_slices.parquet' (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000
);
