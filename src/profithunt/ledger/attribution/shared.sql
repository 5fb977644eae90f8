/* ---
what = "Credit where touches share it by weight; the credits of an order add up to a million."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
credit = "int | millionths of the order"
upto = "int | credit of this and the order's earlier touches"
--- */
WITH summed AS (
  SELECT order_id, touch_id, weight,
         SUM(weight) OVER (
           PARTITION BY order_id ORDER BY touch_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS upto,
         SUM(weight) OVER (PARTITION BY order_id) AS total
  FROM touch_weights
)
SELECT order_id, touch_id,
       CAST(FLOOR(X_DIV(upto, total) * 1000000) AS BIGINT) - CAST(FLOOR(X_DIV(upto - weight, total) * 1000000) AS BIGINT) AS credit,
       CAST(FLOOR(X_DIV(upto, total) * 1000000) AS BIGINT) AS upto
FROM summed
