"""Data of the pages: one module a page, read from a finished run; `catalogue` lists them."""
