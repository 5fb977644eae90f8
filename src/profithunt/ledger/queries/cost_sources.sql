/* ---
what = "What margins rest on: list sales and net sales of lines by where their cost is known from."
--- */
SELECT cost_source, COUNT(*) AS n_lines, SUM(list_sales) AS list_sales, SUM(net_sales) AS net_sales, SUM(cogs) AS cogs
FROM ledger
WHERE line_no IS NOT NULL
GROUP BY cost_source
ORDER BY cost_source
