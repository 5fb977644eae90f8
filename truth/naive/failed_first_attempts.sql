SELECT postcode, AVG(CAST(attempts AS DOUBLE)) - 1 AS rate FROM shipments GROUP BY postcode
