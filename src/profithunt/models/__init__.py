"""Estimation over aggregates: the one place for NumPy and SciPy.

What comes in are columns of counts and sums, one entry a candidate (a SKU, a customer, a lane); what goes out are
posteriors, probabilities and ranges of money. No model sees an order or a line.
"""
