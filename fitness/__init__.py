"""How good, and how sure: suites, responses, outcomes, evaluator, statistics."""
