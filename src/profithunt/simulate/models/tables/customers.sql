/* ---
what = "customers"
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
joined_at = "timestamp | first contact"
first_seen_channel = "text | channel"
country = "text | country"
region = "text | region"
postcode = "text | postcode"
birth_year = "int | year of birth"
loyalty_tier = "text | tier"
email_opt_in = "bool | may be written to"
--- */
SELECT CONCAT('C', CAST(100000000 + MOD(p.customer_no * 16807 + 7, 2147483647) AS TEXT)) AS customer_id,
       X_ADD_SECONDS(CAST(X_ADD_DAYS($starts_on, CAST(FLOOR(p.begins) AS INT)) AS TIMESTAMP), 18000) AS joined_at,
       c.channel AS first_seen_channel,
       r.country, r.region,
       CAST(10000 + p.region_no * 7000 + MOD(p.postcode_no, 25) * 211 AS TEXT) AS postcode,
       1948 + X_DRAW(57, 'people.born', p.customer_no) AS birth_year,
       CASE WHEN NOT p.member THEN NULL WHEN p.pace > 0.03 THEN 'gold' WHEN p.pace > 0.012 THEN 'silver' ELSE 'basic' END AS loyalty_tier,
       p.opted_in AS email_opt_in
FROM people AS p
INNER JOIN regions AS r ON r.region_no = p.region_no
INNER JOIN channels AS c ON c.channel_no = p.channel_no
WHERE p.begins < $n_days AND NOT p.guest
