/* ---
what = "Flows of customers, month by month."
--- */
SELECT month, complete, opening, new, reactivated, lapsed, closing, retained, lapsed_and_back, ordering, orders,
       net_sales, cm2, cm3, guest_orders, guest_net_sales, guest_cm3, other_cm3
FROM customer_flows
ORDER BY month ASC NULLS LAST
