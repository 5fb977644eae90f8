"""Customers: flows, cohorts, plan, the whale curve explained, and who was acquired how.

Source: METRICS section 2; MISSION M4, M5, M7.
"""
