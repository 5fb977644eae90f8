/* ---
what = "What stock problems will cost over the 28 days after the world's end: sales that can't be made, and the loss on what will be left over."
grain = ["problem"]
[columns]
problem = "text | problem"
money_28 = "money | over 28 days"
--- */
SELECT problem, money_28 FROM stock_ahead WHERE problem IS NOT NULL
