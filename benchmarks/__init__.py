"""The proof: built-in suites and benchmarks. Uses the floors below as a user would."""
