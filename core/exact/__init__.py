"""Exact smallest changes, and what is built on them: curves, pairs, repair."""
