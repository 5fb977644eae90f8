/* ---
what = "Spells of activity, to the day: a customer is active from an order until the activity window after the last one ends."
grain = ["customer_id", "spell_no"]
working = true
[columns]
customer_id = "text | customer"
spell_no = "int | 1 for the spell that begins with the first order: new; later ones: reactivated"
started_on = "date | day of the order that begins it"
last_ordered_on = "date | day of its last order"
lapses_on = "date | first day on which the customer is active no longer, may lie ahead"
n_orders = "int | orders in it"
--- */
WITH followed AS (
  SELECT customer_id, ordered_on, active_until, n_orders,
         LAG(active_until) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS was_active_until
  FROM customer_orders
),
numbered AS (
  SELECT customer_id, ordered_on, active_until, n_orders,
         SUM(CASE WHEN was_active_until >= ordered_on THEN 0 ELSE 1 END) OVER (
           PARTITION BY customer_id ORDER BY ordered_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
         ) AS spell_no
  FROM followed
)
SELECT customer_id, spell_no, MIN(ordered_on) AS started_on, MAX(ordered_on) AS last_ordered_on,
       MAX(active_until) AS lapses_on, SUM(n_orders) AS n_orders
FROM numbered
GROUP BY customer_id, spell_no
