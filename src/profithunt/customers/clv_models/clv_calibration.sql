/* ---
what = "A forecast made when the hold-out began, held against what came, by tenth of customers (1: the least forecast)."
grain = ["segment", "decile"]
[columns]
segment = "text | segment fitted by itself, null where the shop is one"
decile = "int | tenth of the customers, by forecast profit"
method = "text | how the forecast was made"
from_on = "date | first day of the hold-out"
until_on = "date | last day of it"
n_customers = "int | customers in the tenth"
predicted_orders = "rate | purchases forecast"
actual_orders = "int | purchases that came"
predicted_profit = "money | contribution profit forecast, not discounted"
actual_profit = "money | contribution profit that came"
cover = "rate | share of customers whose profit came inside the 80 % range; null where the method has none"
--- */
SELECT segment, decile, method,
       X_ADD_DAYS($cut, 1) AS from_on,
       $until AS until_on,
       n_customers, predicted_orders, actual_orders, predicted_profit, actual_profit, cover
FROM clv_deciles
