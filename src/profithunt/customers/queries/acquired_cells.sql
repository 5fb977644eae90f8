/* ---
what = "Everybody acquired, by the mix: month, channel, marketing channel and country of the first order."
--- */
SELECT mix_month, mix_channel, mix_marketing, mix_country, mix_basket, COUNT(cm3) AS n, SUM(cm3) AS cm3, SUM(cm3 * cm3) AS cm3_squared,
       SUM(CASE WHEN cm3 IS NOT NULL THEN retained END) AS retained
FROM acquired_outcomes
GROUP BY mix_month, mix_channel, mix_marketing, mix_country, mix_basket
HAVING COUNT(cm3) > 0
ORDER BY mix_month, mix_channel, mix_marketing, mix_country, mix_basket
