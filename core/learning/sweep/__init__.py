"""Several runs at once, in one stack of weights."""
