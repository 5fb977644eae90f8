/* ---
what = "Credit where one touch has it all."
grain = ["order_id", "touch_id"]
kind = "view"
[columns]
order_id = "text | order"
touch_id = "text | touch"
credit = "int | millionths of the order"
upto = "int | credit of this and the order's earlier touches"
--- */
SELECT order_id, touch_id, 1000000 AS credit, 1000000 AS upto FROM touch_winners
