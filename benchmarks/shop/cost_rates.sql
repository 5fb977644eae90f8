SELECT *
FROM (
    VALUES
    ('pick', 0.35, 'line', NULL, DATE '2024-12-31', NULL, NULL),
    ('pick', 0.38, 'line', DATE '2025-01-01', NULL, NULL, NULL),
    ('pack', 0.9, 'parcel', NULL, NULL, NULL, NULL),
    ('parcel', 4.1, 'parcel', NULL, NULL, NULL, NULL),
    ('parcel', 5.2, 'parcel', NULL, NULL, 'carrier', 'UPS'),
    ('receive', 0.06, 'unit', NULL, NULL, NULL, NULL),
    ('return_handling', 1.1, 'unit', NULL, NULL, NULL, NULL),
    ('return_carriage', 3.4, 'return', NULL, NULL, NULL, NULL),
    ('contact_minute', 0.55, 'minute', NULL, NULL, NULL, NULL),
    ('payment_share', 0.015, 'share', NULL, NULL, NULL, NULL),
    ('payment_fixed', 0.25, 'order', NULL, NULL, NULL, NULL),
    ('marketplace_share', 0.12, 'share', NULL, NULL, 'channel', 'marketplace')
) AS t (kind, rate, unit, starts_on, ends_on, dimension, member)
