/* ---
what = "What each SKU will sell in the days after the last one, by the laws of the world: how well it sells, the season of its category, the days of the year. Not what was seen to be sold."
grain = ["sku_no", "ahead"]
[columns]
sku_no = "int | SKU"
ahead = "int | days after the last one"
units = "rate | units to expect from the first of them up to this one"
--- */
WITH weighed AS (
  SELECT day_no - $n_days + 1 AS ahead, month_of_year, weight FROM calendar WHERE category_no = -1 AND day_no >= $n_days
),
-- The shop neither grows nor shrinks: a day of the same weight brings as many lines as it did last year.
last_year AS (
  SELECT SUM(weight) AS weight FROM days WHERE day_no >= $n_days - 364
),
sold AS (
  SELECT SUM(n_lines) AS n_lines FROM sold_days WHERE day_no >= $n_days - 364
),
pace AS (
  SELECT X_DIV(s.n_lines, y.weight) AS lines FROM sold AS s CROSS JOIN last_year AS y
),
-- Lines that go with the first one of their basket: no more than that share of those after the first.
ranged AS (
  SELECT k.sku_no, k.partner_no, k.ends_no, 1 + 1.25 * k.units_more AS units_a_line, m.month_of_year, k.popularity * m.factor AS weight
  FROM skus AS k
  INNER JOIN season_months AS m ON m.category_no = k.category_no
  WHERE k.launched_no < $n_days AND (k.ends_no IS NULL OR k.ends_no >= $n_days)
),
shares AS (
  SELECT sku_no, partner_no, ends_no, units_a_line, month_of_year,
         X_DIV(weight, SUM(weight) OVER (PARTITION BY month_of_year)) AS share
  FROM ranged
),
partners AS (
  SELECT partner_no AS sku_no, month_of_year, SUM(share) AS share FROM shares GROUP BY partner_no, month_of_year
),
chosen AS (
  SELECT s.sku_no, s.ends_no, s.units_a_line, s.month_of_year,
         s.share * (1 - $paired_share * $mean_extra_lines / (1 + $mean_extra_lines))
           + COALESCE(p.share, 0) * $paired_share * $mean_extra_lines / (1 + $mean_extra_lines) AS share
  FROM shares AS s
  LEFT JOIN partners AS p ON p.sku_no = s.sku_no AND p.month_of_year = s.month_of_year
)
SELECT c.sku_no, w.ahead,
       SUM(CASE WHEN c.ends_no IS NULL OR c.ends_no >= $n_days - 1 + w.ahead THEN w.weight * p.lines * c.share * c.units_a_line ELSE 0 END)
         OVER (PARTITION BY c.sku_no ORDER BY w.ahead ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS units
FROM chosen AS c
INNER JOIN weighed AS w ON w.month_of_year = c.month_of_year
CROSS JOIN pace AS p
