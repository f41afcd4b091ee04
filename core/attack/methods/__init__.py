"""One attack a file; ``core.attack.registry`` lists them."""
