"""Classes and images over the epochs of a run."""
