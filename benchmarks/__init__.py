"""What the ledger costs to compute, against hand-written SQL, data frames and a bare scan of the same columns."""
