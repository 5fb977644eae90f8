/* ---
what = "Days on which a metric left its usual course, of the whole shop and of each member of each dimension, believed at the false discovery rate that the shop allows."
grain = ["metric", "dimension", "member", "on", "kind"]
[columns]
metric = "text | metric"
dimension = "text | dimension that it is cut by; null for the whole shop"
member = "text | member of it; null for the whole shop"
on = "date | the day itself (spike), or the first of the days that are different (level, trend)"
kind = "text | spike: a single day; level: another level from then on; trend: another slope from then on"
seen = "rate | what was seen on that day, or a day on average over the four weeks from it, in the unit of the metric"
expected = "rate | what level, weekday, season and what all members share let expect"
z = "rate | distance in standard errors, positive above what was expected"
q_value = "rate | least false discovery rate at which it is believed, over all days of all series"
adverse = "bool | whether it is to the bad, by the direction of the metric"
event = "text | what is noted for that day (table noteworthy): a holiday, a promotion"
--- */
SELECT metric, dimension, member, "on", kind, seen, expected, z, q_value, adverse, event
FROM anomalies_found
