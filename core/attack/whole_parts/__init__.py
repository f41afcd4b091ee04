"""Attacks over whole parts of the data: on other models, one change on all, at many sizes."""
