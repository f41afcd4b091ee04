"""What a model gets right and wrong, and why."""
