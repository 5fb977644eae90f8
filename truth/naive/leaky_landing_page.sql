SELECT landing_page, AVG(CASE WHEN bounced THEN 1.0 ELSE 0.0 END) AS rate FROM sessions WHERE landing_page IS NOT NULL GROUP BY landing_page
