"""How results look in the terminal: values in, Rich renderables out."""
