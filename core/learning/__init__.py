"""The perceptron, its training, and what is kept of a run."""
