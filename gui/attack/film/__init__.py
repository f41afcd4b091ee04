"""One image, its change and the result, step by step."""
