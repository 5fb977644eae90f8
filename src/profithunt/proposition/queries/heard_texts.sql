/* ---
what = "Every text that customers wrote or agents noted as a reason, once, with how often it stands there."
grain = ["text"]
[columns]
text = "text | text, personal data masked"
n = "int | rows with it"
--- */
WITH said AS (
  SELECT verbatim AS text FROM contacts
  UNION ALL SELECT reason AS text FROM contacts
  UNION ALL SELECT verbatim AS text FROM reviews
  UNION ALL SELECT reason AS text FROM returns
)
SELECT text, COUNT(*) AS n
FROM said
WHERE text IS NOT NULL
GROUP BY text
