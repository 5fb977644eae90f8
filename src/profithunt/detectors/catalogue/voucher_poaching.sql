/* ---
code = "SES38"
number = 38
name = "voucher_poaching"
level = "session"
entity = ["campaign"]
owner = "marketing"
reversible = true
action = "change_the_commission_rule"
statistic = "sum"
window_days = 91
needs = ["touches.session_id", "touches.cost", "events.session_id"]
[thresholds]
affiliate_kind = "affiliate"
basket_kind = "basket_add"
min_touches = 5
[rows]
from = ""
[docs]
why = "The affiliate's touch comes after the basket was filled: a voucher site takes commission for an order that was as good as placed."
value = "Commission of affiliate touches that came after something was put into the basket in the same visit, over 28 days."
known_problems = "Some of these customers would have left without a voucher: a test with the rule switched off tells how many."
source = "DETECTORS 38"
--- */
WITH filled AS (
  SELECT session_id, MIN(occurred_at) AS filled_at
  FROM events
  WHERE kind = $basket_kind AND session_id IS NOT NULL
  GROUP BY session_id
)
SELECT COALESCE(t.campaign, t.channel, 'unnamed') AS campaign,
       SUM(t.cost) AS loss,
       COUNT(*)    AS n,
       SUM(POWER(CAST(t.cost AS DOUBLE), 2)) AS loss_sq,
       X_ACTIVITY(X_DAY(t.touched_at)),
       COUNT(*)    AS touches_after_basket,
       SUM(t.cost) AS commission
FROM touches AS t
INNER JOIN filled AS f ON f.session_id = t.session_id AND f.filled_at < t.touched_at
WHERE t.kind = $affiliate_kind AND t.cost > 0
  AND X_DAY(t.touched_at) > $window_start AND X_DAY(t.touched_at) <= $window_end
GROUP BY COALESCE(t.campaign, t.channel, 'unnamed')
HAVING COUNT(*) >= $min_touches
