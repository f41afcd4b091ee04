"""The settings of the run shown, its last batch, and how the runs compare."""
