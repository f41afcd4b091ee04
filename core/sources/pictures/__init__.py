"""Folders of picture files."""
