"""Bars: probabilities, shares, counts."""
