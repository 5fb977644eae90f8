/* ---
what = "What each order held, of what tells customers apart: size, discount, breadth, own label, sales by large category."
grain = ["order_id"]
kind = "view"
[columns]
order_id = "text | order"
list_sales = "money | at list price"
discounts = "money | markdown and promotion, positive"
n_skus = "int | different SKUs"
n_categories = "int | different categories"
own_label_sales = "money | list sales of own label"
category_1 = "money | list sales in the largest category"
category_2 = "money | the second"
category_3 = "money | the third"
category_4 = "money | the fourth"
category_5 = "money | the fifth"
category_6 = "money | the sixth"
category_7 = "money | the seventh"
category_8 = "money | the eighth"
--- */
SELECT ledger.order_id AS order_id,
       SUM(ledger.list_sales) AS list_sales,
       -SUM(ledger.markdown + ledger.promotion) AS discounts,
       COUNT(DISTINCT ledger.sku) AS n_skus,
       COUNT(DISTINCT products.category) AS n_categories,
       SUM(CASE WHEN products.own_label THEN ledger.list_sales ELSE 0 END) AS own_label_sales,
       SUM(CASE WHEN tops.place = 1 THEN ledger.list_sales ELSE 0 END) AS category_1,
       SUM(CASE WHEN tops.place = 2 THEN ledger.list_sales ELSE 0 END) AS category_2,
       SUM(CASE WHEN tops.place = 3 THEN ledger.list_sales ELSE 0 END) AS category_3,
       SUM(CASE WHEN tops.place = 4 THEN ledger.list_sales ELSE 0 END) AS category_4,
       SUM(CASE WHEN tops.place = 5 THEN ledger.list_sales ELSE 0 END) AS category_5,
       SUM(CASE WHEN tops.place = 6 THEN ledger.list_sales ELSE 0 END) AS category_6,
       SUM(CASE WHEN tops.place = 7 THEN ledger.list_sales ELSE 0 END) AS category_7,
       SUM(CASE WHEN tops.place = 8 THEN ledger.list_sales ELSE 0 END) AS category_8
FROM ledger
LEFT JOIN products ON products.sku = ledger.sku
LEFT JOIN action_tops AS tops ON tops.dimension = 'category' AND tops.member = products.category
WHERE ledger.entry = 'line' AND ledger.customer_id IS NOT NULL
GROUP BY ledger.order_id
