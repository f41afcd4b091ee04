"""Every run so far."""
