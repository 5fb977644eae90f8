/* ---
what = "The effects of actions over all parts of the world."
grain = ["action"]
[columns]
action = "text | action"
n_eligible = "int | customers"
n_acted = "int | who acted"
ate = "rate | mean effect on all"
att = "rate | on those who acted"
ato = "rate | weighted by overlap"
ate_never = "rate | against never acting"
propensity = "rate | mean chance"
profit_acted = "rate | profit of those who acted"
profit_not = "rate | profit of the others"
--- */
SELECT action,
       SUM(n_eligible) AS n_eligible,
       SUM(n_acted)    AS n_acted,
       X_DIV(SUM(n_eligible * ate), SUM(n_eligible)) AS ate,
       X_DIV(SUM(n_eligible * propensity * att), SUM(n_eligible * propensity)) AS att,
       X_DIV(SUM(n_eligible * ato), SUM(n_eligible)) AS ato,
       X_DIV(SUM(n_eligible * ate_never), SUM(n_eligible)) AS ate_never,
       X_DIV(SUM(n_eligible * propensity), SUM(n_eligible)) AS propensity,
       X_DIV(SUM(n_acted * profit_acted), SUM(n_acted)) AS profit_acted,
       X_DIV(SUM((n_eligible - n_acted) * profit_not), SUM(n_eligible - n_acted)) AS profit_not
FROM action_parts
GROUP BY action
