"""What it costs to make each class each other."""
