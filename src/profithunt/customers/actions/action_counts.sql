/* ---
what = "How many customers of each trial did each action with their index order, and how many were eligible."
grain = ["horizon_days", "counts", "member"]
kind = "view"
[columns]
horizon_days = "int | trial"
counts = "text | what counts"
member = "text | which"
n_treated = "int | index orders that hold it, first time"
n_before = "int | customers who did it before: not eligible"
n_customers = "int | customers of the trial"
--- */
WITH sizes AS (
  SELECT horizon_days, COUNT(*) AS n_customers FROM action_index GROUP BY horizon_days
)
SELECT i.horizon_days AS horizon_days, f.counts AS counts, f.member AS member,
       SUM(CASE WHEN f.first_place = i.place THEN 1 ELSE 0 END) AS n_treated,
       SUM(CASE WHEN f.first_place < i.place THEN 1 ELSE 0 END) AS n_before,
       MAX(sizes.n_customers) AS n_customers
FROM action_index AS i
INNER JOIN action_firsts AS f ON f.customer_id = i.customer_id
INNER JOIN sizes ON sizes.horizon_days = i.horizon_days
GROUP BY i.horizon_days, f.counts, f.member
