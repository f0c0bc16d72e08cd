"""Built-in example: a research assistant answers questions over a passage, or says "unknown"."""
