/* ---
what = "The planned figures of the table plan."
--- */
SELECT month, metric, dimension, member, value FROM plan ORDER BY month, metric, dimension, member
