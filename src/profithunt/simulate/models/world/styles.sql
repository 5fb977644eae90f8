/* ---
what = "Styles: what comes in several sizes or colours."
grain = ["style_no"]
[columns]
style_no = "int | style"
category_no = "int | category"
brand_no = "int | brand"
form_no = "int | form"
price = "rate | list price"
cost_ratio = "rate | cost as a share of it"
popularity = "rate | how well it sells, relative; heavy-tailed"
own_label = "bool | own label"
launched_no = "int | day of launch, before the world where negative"
ends_no = "int | day on which its season ends; null for goods without a season"
marked_no = "int | first day of a markdown; null for styles without"
marked_days = "int | its length"
marked_by = "rate | its depth"
returned = "rate | chance that a line comes back"
lead_time_days = "int | days from order to receipt"
--- */
WITH counted AS (
  SELECT n AS style_no, X_UNIFORM('style.category', n) AS u FROM numbers WHERE n < $n_skus / 4
),
spans AS (
  SELECT category_no, category, price, cost_ratio, returned, sized,
         SUM(share) OVER (ORDER BY category_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - share AS before,
         SUM(share) OVER (ORDER BY category_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto
  FROM categories
)
SELECT c.style_no,
       s.category_no,
       X_DRAW(20, 'style.brand', c.style_no) AS brand_no,
       X_DRAW(20, 'style.form', c.style_no) AS form_no,
       GREATEST(ROUND(s.price * EXP(0.32 * X_NORMAL('style.price', c.style_no)), 0), 4) - 0.05 AS price,
       LEAST(GREATEST(s.cost_ratio * EXP(0.10 * X_NORMAL('style.cost', c.style_no)), 0.25), 0.75) AS cost_ratio,
       EXP(0.95 * X_NORMAL('style.popularity', c.style_no)) AS popularity,
       X_UNIFORM('style.label', c.style_no) < 0.22 AS own_label,
       CASE WHEN X_UNIFORM('style.new', c.style_no) < 0.25
            THEN X_DRAW(GREATEST($n_days - 200, 1), 'style.launch', c.style_no)
            ELSE -1 - X_DRAW(900, 'style.launch', c.style_no) END AS launched_no,
       CASE WHEN s.sized AND X_UNIFORM('style.season', c.style_no) < 0.3
            THEN $n_days + 40 + X_DRAW(160, 'style.end', c.style_no) END AS ends_no,
       CASE WHEN X_UNIFORM('style.marked', c.style_no) < 0.3
            THEN X_DRAW($n_days, 'style.marked.from', c.style_no) END AS marked_no,
       14 + X_DRAW(28, 'style.marked.days', c.style_no) AS marked_days,
       0.1 + 0.05 * X_DRAW(5, 'style.marked.by', c.style_no) AS marked_by,
       LEAST(s.returned * EXP(0.25 * X_NORMAL('style.returned', c.style_no)), 0.6) AS returned,
       14 + 7 * X_DRAW(8, 'style.lead', c.style_no) AS lead_time_days
FROM counted AS c
INNER JOIN spans AS s ON c.u >= s.before AND c.u < s.upto
