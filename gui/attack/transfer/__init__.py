"""Images crafted on one run, read by the others."""
