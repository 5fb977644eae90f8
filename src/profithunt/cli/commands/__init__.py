"""One module a command: parse, one call of the API, render."""
