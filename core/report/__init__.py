"""The headless run, and every figure that leaves the program."""
