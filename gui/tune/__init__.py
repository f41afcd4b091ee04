"""Many runs: the list of them, and two side by side."""
