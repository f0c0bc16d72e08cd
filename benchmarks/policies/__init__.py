"""Benchmarks of policies: ``evogate bench policies``."""
