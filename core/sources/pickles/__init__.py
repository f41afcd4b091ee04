"""Pickled arrays, read through an allow-list."""
