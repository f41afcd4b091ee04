"""How the data are divided, spoilt and read."""
