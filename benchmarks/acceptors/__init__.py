"""Acceptance rules side by side: what they let through, what they find, what they cost.

``bench.main`` is the command. ``rule.Rule`` is the protocol; ``rules`` holds the rules,
``scenarios`` single proposals of known worth, ``lineages`` lines of them. See
``docs/acceptors.md``.
"""
