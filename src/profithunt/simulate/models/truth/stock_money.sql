/* ---
what = "What stock problems will cost over the 28 days after the world's end: sales that can't be made, and the loss on what will be left over."
grain = ["problem"]
[columns]
problem = "text | problem"
money_28 = "money | over 28 days"
--- */
WITH paces AS (
  SELECT sku_no, X_DIV(SUM(units), 56) AS pace FROM sold_days WHERE day_no >= $n_days - 56 GROUP BY sku_no
)
SELECT l.problem,
       CASE l.lever
         WHEN 'running_out' THEN p.pace * GREATEST(LEAST(k.lead_time_days, 28) - k.lead_time_days * (1 - l.strength), 0) * (k.price - k.cost - 2)
         WHEN 'overbought' THEN GREATEST(p.pace * 28 * l.strength - p.pace * 50, 0) * k.cost * 0.7 * 28 / 50.0
         ELSE GREATEST(p.pace * 28 * l.strength - p.pace * 91, 0) * k.cost * 0.7 * 28 / 364.0
       END AS money_28
FROM levers AS l
INNER JOIN skus AS k ON k.sku_no = l.member_no
INNER JOIN paces AS p ON p.sku_no = k.sku_no
WHERE l.lever IN ('running_out', 'overbought', 'overbought_liked')
