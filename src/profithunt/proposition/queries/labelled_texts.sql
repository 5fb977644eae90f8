/* ---
what = "Corrected contacts, reviews and returns that have words: what to learn from."
grain = ["text"]
[columns]
text = "text | words, personal data masked"
reason = "text | reason that a person gave it"
--- */
WITH said AS (
  SELECT l.reason, COALESCE(c.verbatim, c.reason) AS text
  FROM _labels AS l JOIN contacts AS c ON l.kind = 'contact' AND c.contact_id = l.id
  UNION ALL
  SELECT l.reason, r.verbatim AS text
  FROM _labels AS l JOIN reviews AS r ON l.kind = 'review' AND r.review_id = l.id
  UNION ALL
  SELECT l.reason, b.reason AS text
  FROM _labels AS l JOIN returns AS b ON l.kind = 'return' AND b.return_id = l.id
)
SELECT text, MIN(reason) AS reason
FROM said
WHERE text IS NOT NULL
GROUP BY text
ORDER BY text
