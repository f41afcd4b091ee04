"""The Attack page; a feature is a folder in it."""
