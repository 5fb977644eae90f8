/* ---
what = "What the shop spends on advertising, a day on average."
grain = []
[columns]
spend = "money | advertising over the window"
--- */
SELECT SUM(cost) AS spend
FROM ad_spend
WHERE spent_on > $since AND spent_on <= $until
