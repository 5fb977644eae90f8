-- X_DIV
SELECT (CAST(a AS FLOAT64) / NULLIF(CAST(b AS FLOAT64), 0)) AS x FROM t;
-- X_MONEY
SELECT CAST(a AS NUMERIC) AS x FROM t;
-- X_QUANTITY
SELECT CAST(a AS NUMERIC) AS x FROM t;
-- X_TIMES
SELECT CAST(CAST(a AS FLOAT64) * CAST(b AS FLOAT64) AS NUMERIC) AS x FROM t;
-- X_ALLOCATE
SELECT (CASE WHEN c = 1 THEN CAST(a AS NUMERIC) ELSE CAST(CAST(a AS FLOAT64) * CAST(c AS FLOAT64) AS NUMERIC) END - CASE WHEN b = 1 THEN CAST(a AS NUMERIC) ELSE CAST(CAST(a AS FLOAT64) * CAST(b AS FLOAT64) AS NUMERIC) END) AS x FROM t;
-- X_SHARE
SELECT CASE WHEN a IS NULL THEN CAST(0 AS NUMERIC) ELSE (CASE WHEN c = 1 THEN CAST(a AS NUMERIC) ELSE CAST(CAST(a AS FLOAT64) * CAST(c AS FLOAT64) AS NUMERIC) END - CASE WHEN b = 1 THEN CAST(a AS NUMERIC) ELSE CAST(CAST(a AS FLOAT64) * CAST(b AS FLOAT64) AS NUMERIC) END) END AS x FROM t;
-- X_PERCENTILE
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY CAST(a AS FLOAT64) NULLS LAST) AS x FROM t;
-- X_DAY
SELECT CAST(TIMEZONE('Asia/Tokyo', TIMEZONE('UTC', a)) AS DATE) AS x FROM t;
-- X_MONTH
SELECT CAST(TIMESTAMP_TRUNC(a, MONTH) AS DATE) AS x FROM t;
-- X_DAYS_BETWEEN
SELECT DATE_DIFF(b, a, DAY) AS x FROM t;
-- X_ADD_DAYS
SELECT CAST(DATE_ADD(a, INTERVAL 2 DAY) AS DATE) AS x FROM t;
-- X_ADD_MONTHS
SELECT CAST(DATE_ADD(a, INTERVAL 2 MONTH) AS DATE) AS x FROM t;
-- X_MONTHS_BETWEEN
SELECT ((EXTRACT(YEAR FROM b) - EXTRACT(YEAR FROM a)) * 12 + (EXTRACT(MONTH FROM b) - EXTRACT(MONTH FROM a))) AS x FROM t;
-- X_ADD_SECONDS
SELECT (a + INTERVAL (2) SECOND) AS x FROM t;
-- X_TEXT_KEY
SELECT CONCAT_WS('\x1f', COALESCE(CAST(a AS STRING), '\x1e'), COALESCE(CAST(b AS STRING), '\x1e')) AS x FROM t;
-- loyalty_costs
SELECT CAST(order_id AS STRING) AS order_id, CAST(customer_id AS STRING) AS customer_id, CAST(moved_on AS DATE) AS moved_on, CAST(loyalty AS NUMERIC) AS loyalty FROM (SELECT orders.order_id AS order_id, loyalty.customer_id AS customer_id, CAST(loyalty.moved_at AS DATE) AS moved_on, SUM(CAST(COALESCE(loyalty.value, CAST(loyalty.credits AS FLOAT64) * everywhere.loyalty_redemption, 0) * 0.8 AS NUMERIC)) AS loyalty FROM loyalty LEFT JOIN orders ON orders.order_id = loyalty.order_id LEFT JOIN day_rates AS everywhere ON everywhere.day = CAST(loyalty.moved_at AS DATE) AND everywhere.dimension = '' WHERE loyalty.kind = 'earn' GROUP BY orders.order_id, loyalty.customer_id, CAST(loyalty.moved_at AS DATE)) AS model;
-- first_orders
SELECT CAST(customer_id AS STRING) AS customer_id, CAST(order_id AS STRING) AS order_id FROM (WITH firsts AS (SELECT customer_id, MIN(ordered_at) AS ordered_at FROM orders WHERE NOT customer_id IS NULL AND cancelled_at IS NULL GROUP BY customer_id) SELECT firsts.customer_id AS customer_id, MIN(orders.order_id) AS order_id FROM firsts JOIN orders ON orders.customer_id = firsts.customer_id AND orders.ordered_at = firsts.ordered_at WHERE orders.cancelled_at IS NULL GROUP BY firsts.customer_id) AS model;
