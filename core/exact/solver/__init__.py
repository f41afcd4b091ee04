"""The exact solver: the smallest change by which one class overtakes all others."""
