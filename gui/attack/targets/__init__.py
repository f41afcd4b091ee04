"""One image toward every class at once."""
