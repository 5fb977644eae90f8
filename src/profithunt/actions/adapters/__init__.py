"""Adapters: the systems that take decisions, each behind the protocol of `protocol.py`."""
