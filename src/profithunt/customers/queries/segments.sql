/* ---
what = "How customers lose money, the costliest way first."
--- */
SELECT segment, n_customers, lost, of_losses, n_orders, basket, discount, returns, delivery, service, acquisition, gap,
       gap_basket, gap_discount, gap_returns, gap_delivery, gap_service, gap_acquisition, worst_customer_id
FROM loss_segments
ORDER BY lost, segment
