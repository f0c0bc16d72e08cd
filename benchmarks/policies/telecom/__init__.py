"""The repair script of the telecom world: ``evogate bench policies telecom``."""
