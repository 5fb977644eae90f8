"""Metrics as data: definitions, the query that computes all of a source at once, time, and the weekly business review.

A metric is a few lines of TOML over a source, a SQL file that gives one row per order, parcel, visit … with its day
(METRICS 4). Nothing here draws or writes a page.
"""
