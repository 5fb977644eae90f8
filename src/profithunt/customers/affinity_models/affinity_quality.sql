/* ---
what = "How well each way to tell what customers buy next did on a hold-out of the last 28 days, beside what sells best to all."
grain = ["method"]
[columns]
method = "text | als (factors of customers and SKUs), neighbours (SKUs bought by the same customers), popularity"
chosen = "bool | the table affinity was made with it"
n_customers = "int | customers with a purchase in the hold-out that it was measured on; the choice was made on others"
recall_10 = "rate | of the SKUs that a customer bought then (ten at most), the share among the ten placed first"
ndcg_10 = "rate | the same, weighted by place: 1 is the best order"
holdout_from = "date | first day of the hold-out"
holdout_to = "date | its last day"
--- */
SELECT method, chosen, n_customers, recall_10, ndcg_10, X_ADD_DAYS($cut, 1) AS holdout_from, $until AS holdout_to
FROM affinity_measured
