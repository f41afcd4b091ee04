"""A change painted by a person: its rules, its score, and what the optimiser does instead."""
