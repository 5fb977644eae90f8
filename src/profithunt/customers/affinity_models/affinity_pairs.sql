/* ---
what = "Who bought what how often: up to the day that the hold-out begins, in it, and in all."
grain = ["unit", "item"]
working = true
[columns]
unit = "int | number of the customer"
item = "int | number of the SKU"
n_then = "int | orders with the SKU up to the hold-out"
n_after = "int | orders with it in the hold-out"
--- */
SELECT p.unit AS unit,
       i.item AS item,
       COUNT(DISTINCT CASE WHEN l.ordered_on <= $cut THEN l.order_id END) AS n_then,
       COUNT(DISTINCT CASE WHEN l.ordered_on > $cut THEN l.order_id END)  AS n_after
FROM ledger AS l
INNER JOIN affinity_people AS p ON p.customer_id = l.customer_id
INNER JOIN affinity_items AS i ON i.sku = l.sku
WHERE l.entry = 'line' AND l.units > 0 AND l.ordered_on > $since AND l.ordered_on <= $until
GROUP BY p.unit, i.item
