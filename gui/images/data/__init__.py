"""The wall of all images, and how they are split and spoilt."""
