/* ---
what = "What customers' actions are worth: the causal effect of each on later contribution profit, with what it takes to believe it."
grain = ["horizon_days", "action", "estimand"]
[columns]
action = "text | the action"
counts = "text | what counts as doing it"
member = "text | which category, channel, kind of event …; empty where there is only one"
horizon_days = "int | days after the index order over which profit counts"
estimand = "text | average over: ATE all eligible customers, ATT those who did it, ATO those who might as well have"
effect = "money | effect on contribution profit a customer over the horizon; believe it only where verdict is credible"
effect_low = "money | lower end of the calibrated 95 % interval"
effect_high = "money | upper end"
standard_error = "rate | standard error, with what negative controls show to be left of confounding"
naive_difference = "money | mean of those who did it less mean of those who did not"
n_treated = "int | customers whose index order holds the action"
n_control = "int | customers who were eligible and did not do it"
overlap = "rate | share of the population in which both arms are at least a tenth as frequent as overall"
max_smd = "rate | largest standardised mean difference that the weights leave"
max_smd_covariate = "text | what differs most"
placebo = "money | effect on profit before anything happened: should be 0; null where the history is too short"
placebo_low = "money | lower end of its calibrated 95 % interval"
placebo_high = "money | upper end"
robustness_value = "rate | partial R² with action and outcome that a hidden cause would need to explain the effect away"
robustness_value_interval = "rate | the same to bring the interval to zero"
verdict = "text | credible or not_credible"
reason = "text | why it is not credible; else null"
index_rule = "text | who is compared with whom, and from when on"
index_starts_on = "date | first day of the window of index orders"
index_ends_on = "date | last day"
index_profit_treated = "money | profit of the index order itself where it holds the action; no part of the effect"
index_profit_control = "money | and where it does not"
worth = "money | over all who did it, the part of the joint worth of all actions that is this one's (Shapley)"
negative_control = "bool | declared to have no effect"
null_shift = "rate | bias that negative controls show, as a share of confounding"
null_spread = "rate | its spread"
n_null_controls = "int | negative controls behind it"
--- */
SELECT action, counts, member, horizon_days, estimand, effect, effect_low, effect_high, standard_error, naive_difference,
       n_treated, n_control, overlap, max_smd, max_smd_covariate, placebo, placebo_low, placebo_high, robustness_value,
       robustness_value_interval, verdict, reason, index_rule, index_starts_on, index_ends_on, index_profit_treated,
       index_profit_control, worth, negative_control, null_shift, null_spread, n_null_controls
FROM action_effects_found
