"""The Learn page; a feature is a folder in it."""
