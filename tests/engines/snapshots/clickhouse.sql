-- X_DIV
SELECT (CAST(a AS Nullable(Float64)) / nullIf(CAST(b AS Nullable(Float64)), 0)) AS x FROM t;
-- X_MONEY
SELECT CAST(a AS Nullable(Decimal(18, 4))) AS x FROM t;
-- X_QUANTITY
SELECT CAST(a AS Nullable(Decimal(18, 4))) AS x FROM t;
-- X_TIMES
SELECT CAST(CAST(a AS Nullable(Float64)) * CAST(b AS Nullable(Float64)) AS Nullable(Decimal(18, 4))) AS x FROM t;
-- X_ALLOCATE
SELECT (CASE WHEN c = 1 THEN CAST(a AS Nullable(Decimal(18, 4))) ELSE CAST(CAST(a AS Nullable(Float64)) * CAST(c AS Nullable(Float64)) AS Nullable(Decimal(18, 4))) END - CASE WHEN b = 1 THEN CAST(a AS Nullable(Decimal(18, 4))) ELSE CAST(CAST(a AS Nullable(Float64)) * CAST(b AS Nullable(Float64)) AS Nullable(Decimal(18, 4))) END) AS x FROM t;
-- X_SHARE
SELECT CASE WHEN a IS NULL THEN CAST(0 AS Nullable(Decimal(18, 4))) ELSE (CASE WHEN c = 1 THEN CAST(a AS Nullable(Decimal(18, 4))) ELSE CAST(CAST(a AS Nullable(Float64)) * CAST(c AS Nullable(Float64)) AS Nullable(Decimal(18, 4))) END - CASE WHEN b = 1 THEN CAST(a AS Nullable(Decimal(18, 4))) ELSE CAST(CAST(a AS Nullable(Float64)) * CAST(b AS Nullable(Float64)) AS Nullable(Decimal(18, 4))) END) END AS x FROM t;
-- X_PERCENTILE
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY CAST(a AS Nullable(Float64))) AS x FROM t;
-- X_DAY
SELECT CAST(TIMEZONE('Asia/Tokyo', TIMEZONE('UTC', a)) AS Nullable(DATE)) AS x FROM t;
-- X_MONTH
SELECT CAST(dateTrunc('MONTH', a) AS Nullable(DATE)) AS x FROM t;
-- X_DAYS_BETWEEN
SELECT DATE_DIFF(DAY, a, b) AS x FROM t;
-- X_ADD_DAYS
SELECT CAST(DATE_ADD(DAY, 2, a) AS Nullable(DATE)) AS x FROM t;
-- X_ADD_MONTHS
SELECT CAST(DATE_ADD(MONTH, 2, a) AS Nullable(DATE)) AS x FROM t;
-- X_MONTHS_BETWEEN
SELECT ((YEAR(b) - YEAR(a)) * 12 + (MONTH(b) - MONTH(a))) AS x FROM t;
-- X_ADD_SECONDS
SELECT (a + INTERVAL (2) SECOND) AS x FROM t;
-- X_TEXT_KEY
SELECT CONCAT_WS('\x1f', COALESCE(CAST(a AS Nullable(String)), '\x1e'), COALESCE(CAST(b AS Nullable(String)), '\x1e')) AS x FROM t;
-- loyalty_costs
SELECT CAST(order_id AS Nullable(String)) AS order_id, CAST(customer_id AS Nullable(String)) AS customer_id, CAST(moved_on AS Nullable(DATE)) AS moved_on, CAST(loyalty AS Nullable(Decimal(18, 4))) AS loyalty FROM (SELECT orders.order_id AS order_id, loyalty.customer_id AS customer_id, CAST(loyalty.moved_at AS Nullable(DATE)) AS moved_on, SUM(CAST(COALESCE(loyalty.value, CAST(loyalty.credits AS Nullable(Float64)) * everywhere.loyalty_redemption, 0) * 0.8 AS Nullable(Decimal(18, 4)))) AS loyalty FROM loyalty LEFT JOIN orders ON orders.order_id = loyalty.order_id LEFT JOIN day_rates AS everywhere ON everywhere.day = CAST(loyalty.moved_at AS Nullable(DATE)) AND everywhere.dimension = '' WHERE loyalty.kind = 'earn' GROUP BY orders.order_id, loyalty.customer_id, CAST(loyalty.moved_at AS Nullable(DATE))) AS model;
-- first_orders
SELECT CAST(customer_id AS Nullable(String)) AS customer_id, CAST(order_id AS Nullable(String)) AS order_id FROM (WITH firsts AS (SELECT customer_id, MIN(ordered_at) AS ordered_at FROM orders WHERE NOT (customer_id IS NULL) AND cancelled_at IS NULL GROUP BY customer_id) SELECT firsts.customer_id AS customer_id, MIN(orders.order_id) AS order_id FROM firsts JOIN orders ON orders.customer_id = firsts.customer_id AND orders.ordered_at = firsts.ordered_at WHERE orders.cancelled_at IS NULL GROUP BY firsts.customer_id) AS model;
