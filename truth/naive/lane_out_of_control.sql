SELECT carrier, region, AVG(CASE WHEN delivered_at > promised_at THEN 1.0 ELSE 0.0 END) AS rate
FROM shipments GROUP BY carrier, region
