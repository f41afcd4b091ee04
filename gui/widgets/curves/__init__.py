"""Curves and the timeline below them."""
