"""A person against the optimiser."""
