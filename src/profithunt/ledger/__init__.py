"""The profit ledger: components, allocation, attribution, roll-ups, reconciliation and explanation."""
