"""Built-in example: a coder completes functions, judged by tests in a process of their own."""
