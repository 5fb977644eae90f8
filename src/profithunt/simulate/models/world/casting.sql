/* ---
what = "The customers of this part of the world as it is."
grain = ["world", "customer_no"]
[columns]
world = "text | empty: the world as it is; else the problem that it is without"
customer_no = "int | customer"
--- */
SELECT $without AS world, n + $first AS customer_no FROM numbers WHERE n < $chunk AND n + $first < $customers
