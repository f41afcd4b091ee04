"""Grids of cells: matrices and heat maps."""
