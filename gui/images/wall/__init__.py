"""Which images hang on the wall."""
