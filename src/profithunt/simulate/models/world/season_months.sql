/* ---
what = "Demand of each month of the year, for the shop (-1) and by category."
grain = ["category_no", "month_of_year"]
[columns]
category_no = "int | category, -1 for the shop"
month_of_year = "int | 1 is January"
factor = "rate | relative to the year's"
--- */
SELECT s.category_no,
       n.n AS month_of_year,
       CASE n.n WHEN 1 THEN s.m1 WHEN 2 THEN s.m2 WHEN 3 THEN s.m3 WHEN 4 THEN s.m4 WHEN 5 THEN s.m5 WHEN 6 THEN s.m6
                WHEN 7 THEN s.m7 WHEN 8 THEN s.m8 WHEN 9 THEN s.m9 WHEN 10 THEN s.m10 WHEN 11 THEN s.m11 ELSE s.m12 END AS factor
FROM seasons AS s
INNER JOIN numbers AS n ON n.n >= 1 AND n.n <= 12
