/* ---
what = "Who did each chosen action with the index order (1), or before it and so is not eligible (2); all others did not."
grain = ["horizon_days", "unit", "action_no"]
kind = "view"
[columns]
horizon_days = "int | trial"
unit = "int | customer's number in the trial"
action_no = "int | number of the action"
state = "int | 1 did it with the index order, 2 before"
--- */
SELECT i.horizon_days AS horizon_days, i.unit AS unit, chosen.action_no AS action_no,
       CASE WHEN f.first_place < i.place THEN 2 ELSE 1 END AS state
FROM action_index AS i
INNER JOIN action_firsts AS f ON f.customer_id = i.customer_id
INNER JOIN action_list AS chosen ON chosen.counts = f.counts AND chosen.member = f.member
WHERE f.first_place <= i.place
