"""Threads: the only way to compute. Nothing here knows a page."""
