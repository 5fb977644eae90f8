/* ---
what = "One row per day and lane: how many parcels the carrier can take."
grain = "day × lane"
needs = ["carrier_capacity"]
dimensions = ["carrier", "service"]
live = ["region"]
[columns]
capacity = "parcels that the carrier can take"
--- */
SELECT "on" AS day, carrier AS carrier, service AS service, region AS region, capacity AS capacity
FROM carrier_capacity
