"""Adapters: the systems that take decisions, each behind the protocol of `protocol.py`.

`build` of `catalogue` makes one for a shop, `serving` of `prescribed` says which one takes an action type.
"""
