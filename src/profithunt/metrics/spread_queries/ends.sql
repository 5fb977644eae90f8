/* ---
what = "Between which values nearly all rows lie, and how many have one."
--- */
SELECT X_PERCENTILE(value, 0.01) AS low, X_PERCENTILE(value, 0.99) AS high, COUNT(value) AS n FROM spread_rows
