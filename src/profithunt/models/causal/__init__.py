"""Causal effects of what customers do, on what they are worth afterwards."""
