/* ---
what = "What the forecast rests on: parameters with their errors, log-likelihoods, the calendar factor, the hold-out as a whole, and remarks."
grain = ["segment", "part", "name"]
[columns]
segment = "text | segment fitted by itself, null where the shop is one"
part = "text | buying, value, check, season, holdout, total or note"
name = "text | parameter or figure"
value = "rate | its value"
error = "rate | its standard error, where it has one"
note = "text | remark"
--- */
SELECT segment, part, name, value, error, note
FROM clv_remarks
