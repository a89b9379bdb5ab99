"""Measured, not asserted: ``python -m tests.bench`` compares whole processes with their peers."""
