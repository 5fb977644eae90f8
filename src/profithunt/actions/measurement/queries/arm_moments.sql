/* ---
what = "For each arm of an experiment: how many units, mean and spread of their contribution profit since the start and of that before it, and how the two go together."
grain = ["acted"]
[columns]
acted = "bool | acted on, else held out"
n = "int | units"
mean_after = "rate | contribution profit a unit since the start, shop currency"
mean_before = "rate | the same over the days before"
variance_after = "rate | variance of the first"
variance_before = "rate | variance of the second"
correlation = "rate | correlation of both; null where one does not vary"
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
  SELECT trial_units.acted AS acted,
         CAST(COALESCE(brought.after, 0) AS DOUBLE) AS after,
         CAST(COALESCE(brought.before, 0) AS DOUBLE) AS before
  FROM trial_units
  LEFT JOIN brought ON brought.unit = trial_units.unit
)
SELECT acted, COUNT(*) AS n, AVG(after) AS mean_after, AVG(before) AS mean_before,
       VAR_SAMP(after) AS variance_after, VAR_SAMP(before) AS variance_before,
       CASE WHEN VAR_SAMP(after) > 0 AND VAR_SAMP(before) > 0 THEN CORR(after, before) END AS correlation
FROM seen
GROUP BY acted
