-- X_DIV
SELECT (CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0)) AS x FROM t;
-- X_MONEY
SELECT CAST(a AS DECIMAL(18, 4)) AS x FROM t;
-- X_QUANTITY
SELECT CAST(a AS DECIMAL(18, 4)) AS x FROM t;
-- X_TIMES
SELECT CAST(CAST(a AS DOUBLE) * CAST(b AS DOUBLE) AS DECIMAL(18, 4)) AS x FROM t;
-- X_ALLOCATE
SELECT (CASE WHEN c = 1 THEN CAST(a AS DECIMAL(18, 4)) ELSE CAST(CAST(a AS DOUBLE) * CAST(c AS DOUBLE) AS DECIMAL(18, 4)) END - CASE WHEN b = 1 THEN CAST(a AS DECIMAL(18, 4)) ELSE CAST(CAST(a AS DOUBLE) * CAST(b AS DOUBLE) AS DECIMAL(18, 4)) END) AS x FROM t;
-- X_SHARE
SELECT CASE WHEN a IS NULL THEN CAST(0 AS DECIMAL(18, 4)) ELSE (CASE WHEN c = 1 THEN CAST(a AS DECIMAL(18, 4)) ELSE CAST(CAST(a AS DOUBLE) * CAST(c AS DOUBLE) AS DECIMAL(18, 4)) END - CASE WHEN b = 1 THEN CAST(a AS DECIMAL(18, 4)) ELSE CAST(CAST(a AS DOUBLE) * CAST(b AS DOUBLE) AS DECIMAL(18, 4)) END) END AS x FROM t;
-- X_PERCENTILE
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY CAST(a AS DOUBLE)) AS x FROM t;
-- X_DAY
SELECT CAST(TIMEZONE('Asia/Tokyo', TIMEZONE('UTC', a)) AS DATE) AS x FROM t;
-- X_MONTH
SELECT CAST(DATE_TRUNC('MONTH', a) AS DATE) AS x FROM t;
-- X_DAYS_BETWEEN
SELECT DATE_DIFF('DAY', a, b) AS x FROM t;
-- X_ADD_DAYS
SELECT CAST(DATE_ADD('DAY', 2, a) AS DATE) AS x FROM t;
-- X_ADD_MONTHS
SELECT CAST(DATE_ADD('MONTH', 2, a) AS DATE) AS x FROM t;
-- X_MONTHS_BETWEEN
SELECT ((YEAR(b) - YEAR(a)) * 12 + (MONTH(b) - MONTH(a))) AS x FROM t;
-- X_ADD_SECONDS
SELECT (a + INTERVAL (2) SECOND) AS x FROM t;
-- X_TEXT_KEY
SELECT CASE WHEN '\x1f' IS NULL OR COALESCE(CAST(a AS VARCHAR), '\x1e') IS NULL OR COALESCE(CAST(b AS VARCHAR), '\x1e') IS NULL THEN NULL ELSE CONCAT_WS('\x1f', CAST(COALESCE(CAST(a AS VARCHAR), '\x1e') AS VARCHAR), CAST(COALESCE(CAST(b AS VARCHAR), '\x1e') AS VARCHAR)) END AS x FROM t;
-- loyalty_costs
SELECT CAST(order_id AS VARCHAR) AS order_id, CAST(customer_id AS VARCHAR) AS customer_id, CAST(moved_on AS DATE) AS moved_on, CAST(loyalty AS DECIMAL(18, 4)) AS loyalty FROM (SELECT orders.order_id AS order_id, loyalty.customer_id AS customer_id, CAST(loyalty.moved_at AS DATE) AS moved_on, SUM(CAST(COALESCE(loyalty.value, CAST(loyalty.credits AS DOUBLE) * everywhere.loyalty_redemption, 0) * 0.8 AS DECIMAL(18, 4))) AS loyalty FROM loyalty LEFT JOIN orders ON orders.order_id = loyalty.order_id LEFT JOIN day_rates AS everywhere ON everywhere.day = CAST(loyalty.moved_at AS DATE) AND everywhere.dimension = '' WHERE loyalty.kind = 'earn' GROUP BY orders.order_id, loyalty.customer_id, CAST(loyalty.moved_at AS DATE)) AS model;
-- first_orders
SELECT CAST(customer_id AS VARCHAR) AS customer_id, CAST(order_id AS VARCHAR) AS order_id FROM (WITH firsts AS (SELECT customer_id, MIN(ordered_at) AS ordered_at FROM orders WHERE NOT customer_id IS NULL AND cancelled_at IS NULL GROUP BY customer_id) SELECT firsts.customer_id AS customer_id, MIN(orders.order_id) AS order_id FROM firsts JOIN orders ON orders.customer_id = firsts.customer_id AND orders.ordered_at = firsts.ordered_at WHERE orders.cancelled_at IS NULL GROUP BY firsts.customer_id) AS model;
