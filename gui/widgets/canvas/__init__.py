"""Surfaces to draw on."""
