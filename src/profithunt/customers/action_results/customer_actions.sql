/* ---
what = "The next best action of each customer for whom one pays: the credible action that is still open to them with the highest expected profit after its cost."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
action = "text | the action to lead them to"
counts = "text | what counts as doing it"
member = "text | which"
horizon_days = "int | days over which the effect counts"
expected_effect = "money | effect to expect for this customer if they do it"
effect_low = "money | lower end of its 95 % interval"
effect_high = "money | upper end"
uptake = "rate | share of those prompted who do it, as declared"
cost = "money | cost of prompting"
net = "money | uptake × effect − cost"
--- */
SELECT people.customer_id AS customer_id, listed.name AS action, listed.counts AS counts, listed.member AS member,
       listed.horizon_days AS horizon_days, found.effect AS expected_effect, found.effect - 1.96 * found.error AS effect_low,
       found.effect + 1.96 * found.error AS effect_high, listed.uptake AS uptake, listed.cost AS cost, found.net AS net
FROM customer_actions_found AS found
INNER JOIN action_index AS people ON people.horizon_days = 0 AND people.unit = found.unit
INNER JOIN customer_actions_list AS listed ON listed.action_no = found.action_no
