/* ---
what = "Each delivery option over the last year: orders, what they cost to deliver and paid for it, returns and defects."
grain = ["delivery_option"]
[columns]
delivery_option = "text | delivery option"
n_orders = "int | orders"
carriage = "rate | carriage, shop currency"
service = "rate | service contacts and concessions"
charged = "rate | what customers paid for delivery, ex tax"
earned = "rate | contribution (CM2)"
n_returned = "int | orders with a return"
n_parcels = "int | parcels whose fate is known"
n_failed = "int | of them with any defect"
n_opportunities = "int | defects that they could have had"
n_defects = "int | defects that they had"
--- */
WITH parcels_of AS (
  SELECT order_id, COUNT(failed) AS n_parcels, SUM(COALESCE(failed, 0)) AS n_failed, SUM(n_opportunities) AS n_opportunities,
         SUM(n_defects) AS n_defects
  FROM defect_parcels
  WHERE order_id IS NOT NULL
  GROUP BY order_id
)
SELECT o.delivery_option, COUNT(*) AS n_orders,
       -SUM(CAST(COALESCE(p.carriage, 0) AS DOUBLE)) AS carriage,
       -SUM(CAST(COALESCE(p.service, 0) + COALESCE(p.concessions, 0) AS DOUBLE)) AS service,
       SUM(CAST(p.shipping_income AS DOUBLE)) AS charged,
       SUM(CAST(p.cm2 AS DOUBLE)) AS earned,
       COUNT(CASE WHEN p.units_returned > 0 THEN 1 END) AS n_returned,
       SUM(COALESCE(d.n_parcels, 0)) AS n_parcels, SUM(COALESCE(d.n_failed, 0)) AS n_failed,
       SUM(COALESCE(d.n_opportunities, 0)) AS n_opportunities, SUM(COALESCE(d.n_defects, 0)) AS n_defects
FROM orders AS o
INNER JOIN order_profit AS p ON p.order_id = o.order_id
LEFT JOIN parcels_of AS d ON d.order_id = o.order_id
WHERE o.delivery_option IS NOT NULL AND o.cancelled_at IS NULL AND p.ordered_on > $since AND p.ordered_on <= $until
GROUP BY o.delivery_option
