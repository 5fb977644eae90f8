"""The static report: everything a run found on one page of its own."""
