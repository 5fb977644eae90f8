/* ---
what = "Each offer of a rival's price feed, and the SKU that it was matched to, if any."
grain = ["competitor", "offer_id"]
[columns]
match_id = "text | short key of the match, as `profithunt prices review` takes it"
competitor = "text | competitor"
offer_id = "text | key of the offer there"
title = "text | name of the offer"
sku = "text | SKU that it is, or may be; null where none is like it"
state = "text | taken (used), review (doubtful: not used until a person accepts it), rejected (by a person) or none"
matched_by = "text | gtin, model, title or accepted"
confidence = "rate | how alike they are, 0 to 1"
packs = "rate | how many of the rival's units hold what one of the SKU does"
reason = "text | what speaks for it, and what makes it doubtful"
[checks]
unique = true
--- */
SELECT match_id, competitor, offer_id, title, sku, state, matched_by, confidence, packs, reason
FROM offer_matches_found
