/* ---
what = "How much the contribution profit of units varies over a window, and how far the window before tells it: what the size of an experiment rests on."
grain = []
[columns]
n = "int | units"
mean = "rate | contribution profit a unit over the window, shop currency"
sigma = "rate | its standard deviation"
correlation = "rate | correlation with the days before; null where one does not vary"
--- */
WITH brought AS (
  SELECT X_PART(unit) AS unit,
         SUM(CASE WHEN ordered_on >= $start THEN cm3 END) AS after,
         SUM(CASE WHEN ordered_on < $start THEN cm3 END) AS before
  FROM ledger
  WHERE ordered_on >= $before_start AND ordered_on <= $end
  GROUP BY X_PART(unit)
),
seen AS (
  SELECT CAST(COALESCE(brought.after, 0) AS DOUBLE) AS after,
         CAST(COALESCE(brought.before, 0) AS DOUBLE) AS before
  FROM trial_units
  LEFT JOIN brought ON brought.unit = trial_units.unit
)
SELECT COUNT(*) AS n, AVG(after) AS mean, STDDEV_SAMP(after) AS sigma,
       CASE WHEN VAR_SAMP(after) > 0 AND VAR_SAMP(before) > 0 THEN CORR(after, before) END AS correlation
FROM seen
