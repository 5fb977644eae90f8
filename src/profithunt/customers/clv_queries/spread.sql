/* ---
what = "How what customers will bring spreads: mean, percentiles, and how many are expected to lose money."
--- */
SELECT COUNT(*) AS n_customers,
       COUNT(X_PART(value)) AS n_known,
       SUM(X_PART(orders)) AS expected_orders,
       X_MONEY(SUM(X_PART(value))) AS total,
       X_MONEY(X_DIV(SUM(X_PART(value)), COUNT(X_PART(value)))) AS mean,
       X_MONEY(X_PERCENTILE(X_PART(value), 0.1)) AS p10,
       X_MONEY(X_PERCENTILE(X_PART(value), 0.5)) AS p50,
       X_MONEY(X_PERCENTILE(X_PART(value), 0.9)) AS p90,
       SUM(CASE WHEN X_PART(value) < 0 THEN 1 ELSE 0 END) AS n_losing,
       X_MONEY(SUM(CASE WHEN X_PART(value) < 0 THEN X_PART(value) ELSE 0 END)) AS lost,
       AVG(p_alive) AS p_alive
FROM customer_clv
