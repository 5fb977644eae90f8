/* ---
what = "Contribution profit of every unit of a kind by week from the start of an action (week 0 begins on its day, weeks before are negative), and whether it was acted on."
grain = ["unit", "week"]
[columns]
unit = "text | SKU, keyword, lane …"
acted = "bool | acted on"
week = "int | weeks since the start, negative before"
amount = "rate | contribution profit, shop currency"
--- */
WITH brought AS (
  SELECT X_PART(unit) AS unit,
         CAST(FLOOR(CAST(X_DAYS_BETWEEN($start, ordered_on) AS DOUBLE) / 7) AS INT) AS week,
         SUM(cm3) AS amount
  FROM ledger
  WHERE ordered_on >= $before_start AND ordered_on <= $end AND X_PART(unit) IS NOT NULL
  GROUP BY X_PART(unit), CAST(FLOOR(CAST(X_DAYS_BETWEEN($start, ordered_on) AS DOUBLE) / 7) AS INT)
)
SELECT brought.unit AS unit, trial_units.unit IS NOT NULL AS acted, brought.week AS week,
       CAST(brought.amount AS DOUBLE) AS amount
FROM brought
LEFT JOIN trial_units ON trial_units.unit = brought.unit
