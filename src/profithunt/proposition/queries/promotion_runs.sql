/* ---
what = "Promotions that are judged, with the days they are judged on: the latest of the year, those that gave away most first."
grain = ["promo_id"]
working = true
[columns]
promo_id = "text | promotion"
name = "text | name"
kind = "text | kind"
mechanic = "text | how it works"
first_on = "date | first day judged"
last_on = "date | last day judged"
is_ongoing = "bool | runs so long that no time without it lies near: only its latest days are judged"
has_before = "bool | the weeks before it are known"
place = "int | place by what was given away"
--- */
WITH seen AS (
  SELECT promo_id, MIN(ordered_on) AS first_on, MAX(ordered_on) AS last_on, SUM(units) AS units,
         SUM(subsidy + funded) AS given
  FROM promotion_lines
  GROUP BY promo_id
),
known AS (
  SELECT MIN(ordered_on) AS first_on FROM ledger WHERE entry = 'line'
),
dated AS (
  SELECT seen.promo_id, promotions.name, promotions.kind, promotions.mechanic,
         GREATEST(COALESCE(X_DAY(promotions.starts_at), seen.first_on), known.first_on) AS first_on,
         LEAST(COALESCE(X_DAY(promotions.ends_at), seen.last_on), $as_of) AS last_on,
         known.first_on AS known_from, seen.given AS given, seen.units AS units
  FROM seen
  CROSS JOIN known
  LEFT JOIN promotions ON promotions.promo_id = seen.promo_id
),
placed AS (
  SELECT promo_id, name, kind, mechanic, first_on, last_on, known_from,
         X_DAYS_BETWEEN(first_on, last_on) >= $longest_days AS is_ongoing,
         ROW_NUMBER() OVER (ORDER BY given DESC, promo_id ASC) AS place
  FROM dated
  WHERE last_on >= first_on AND last_on > X_ADD_DAYS($as_of, -CAST($days_back AS INT)) AND units >= $min_units
)
SELECT promo_id, name, kind, mechanic,
       CASE WHEN is_ongoing THEN X_ADD_DAYS(last_on, 1 - CAST($longest_days AS INT)) ELSE first_on END AS first_on,
       last_on, is_ongoing,
       X_ADD_DAYS(first_on, -CAST($days_before AS INT)) >= known_from AS has_before,
       place
FROM placed
WHERE place <= $most OR promo_id = $asked OR name = $asked
